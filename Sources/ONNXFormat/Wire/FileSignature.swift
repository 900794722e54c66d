/// Recogniser of files that are given by mistake, by their first bytes.
enum FileSignature {
  /// Format of the bytes and advice on it; `nil` where they may be a model.
  static func description(of bytes: UnsafeRawBufferPointer) -> String? {
    for (signature, description) in signatures where bytes.starts(with: signature) {
      return description
    }
    if bytes.count >= 8, bytes[4..<8].elementsEqual("TFL3".utf8) {
      return "a TensorFlow Lite model; convert it with tf2onnx"
    }
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) {
      return
        "a safetensors file, which has weights but no graph; export the model with torch.onnx.export"
    }
    return nil
  }

  /// Guess at bytes without a known signature that turned out to be no model.
  static func guess(of bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.prefix(4096).allSatisfy({ $0 == 0 }) {
      return "a block of zero bytes; download or copy it again"
    }
    return isText(bytes.prefix(512)) ? "text; export the model as .onnx" : nil
  }

  private static let signatures: [([UInt8], String)] = [
    (
      Array("version https://git-lfs".utf8),
      "a Git LFS pointer, not the file itself; run `git lfs pull`"
    ),
    (PackageFormat.magic, "a packed model; run `autoprune unpack` first"),
    (Array("<!DOCTYPE".utf8), webPage), (Array("<!doctype".utf8), webPage),
    (Array("<html".utf8), webPage), (Array("<HTML".utf8), webPage),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image; give the model, not the data"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image; give the model, not the data"),
    (
      [0x50, 0x4B, 0x03, 0x04],
      "a ZIP archive (a PyTorch checkpoint, a Keras model or an .npz); export the model with torch.onnx.export or tf2onnx"
    ),
    ([0x1F, 0x8B], "a gzip file; unpack it with gunzip"),
    (
      [0x89, 0x48, 0x44, 0x46],
      "an HDF5 file, as Keras writes; convert the model with tf2onnx"
    ),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array; give the model, not the data"),
    (
      [0x80, 0x02, 0x8A, 0x0A],
      "a PyTorch checkpoint of the old kind; export the model with torch.onnx.export"
    ),
    (Array("SQLite format 3".utf8), "an SQLite database; give the model, not the archive"),
    ([0x7F, 0x45, 0x4C, 0x46], "a program; give the path of an .onnx file"),
    (Array("%PDF".utf8), "a PDF document; give the path of an .onnx file"),
    (Array("ORTM".utf8), "an ONNX Runtime .ort file; give the .onnx file that it was made from"),
  ]

  private static let webPage =
    "a web page, perhaps of a download that failed; download the file itself"

  private static func isText(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    bytes.allSatisfy { (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0) }
  }
}
