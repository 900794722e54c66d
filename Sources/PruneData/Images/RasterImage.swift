/// A decoded image, 8 bits per channel.
struct RasterImage {
  /// `[channels, height, width]`, with 1 or 3 channels.
  let shape: [Int]
  /// Channel after channel.
  let pixels: [UInt8]

  init(_ bytes: [UInt8], file: String) throws(DataError) {
    guard !bytes.isEmpty else { throw .empty(file) }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = try PNGDecoder.decode(bytes, file: file)
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      self = try JPEGDecoder.decode(bytes, file: file)
    } else {
      throw .malformed(
        file, part: "the start of the file", got: "\(Array(bytes.prefix(4)))",
        expected: "a PNG or JPEG image")
    }
  }

  /// - Parameter interleaved: `[height, width, channels]`.
  init(interleaved: [UInt8], height: Int, width: Int, channels: Int) {
    shape = [channels, height, width]
    let area = height * width
    guard channels > 1 else {
      pixels = interleaved
      return
    }
    var planes = interleaved
    planes.withUnsafeMutableBufferPointer { target in
      interleaved.withUnsafeBufferPointer { source in
        for pixel in 0..<area {
          for channel in 0..<channels {
            target[channel * area + pixel] = source[pixel * channels + channel]
          }
        }
      }
    }
    pixels = planes
  }

  /// Bytes of the pixels, where the file's size justifies them.
  static func checkedSize(
    height: Int, width: Int, channels: Int, file: String, fileBytes: Int
  ) throws(DataError) -> Int {
    guard let size = checkedCount([height, width, channels]), size > 0 else {
      throw .malformed(
        file, part: "the image size", got: "\(width) × \(height)", expected: "at least one pixel")
    }
    var allowance = MemoryAllowance(file: file, fileBytes: fileBytes)
    try allowance.charge(size, bytesEach: 2)
    return size
  }
}
