import CImageCodecs

/// JPEG through TurboJPEG, which reports errors by status.
enum JPEGDecoder {
  static func decode(_ bytes: [UInt8], file: String) throws(DataError) -> RasterImage {
    guard let decoder = tjInitDecompress() else {
      throw .unreadable(file, reason: "the JPEG decoder did not start")
    }
    defer { tjDestroy(decoder) }
    var (width, height, subsampling, colourSpace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let status = tjDecompressHeader3(
      decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colourSpace)
    guard status == 0 else { throw .corrupt(file, reason: message(of: decoder)) }
    guard UInt32(colourSpace) != TJCS_CMYK.rawValue, UInt32(colourSpace) != TJCS_YCCK.rawValue
    else { throw .unsupported(file, got: "a CMYK image", advice: "convert it to RGB or grayscale") }
    let isColour = UInt32(colourSpace) != TJCS_GRAY.rawValue
    let channels = isColour ? 3 : 1
    let size = try RasterImage.checkedSize(
      height: Int(height), width: Int(width), channels: channels, file: file,
      fileBytes: bytes.count)
    var pixels = [UInt8](repeating: 0, count: size)
    let format = isColour ? TJPF_RGB : TJPF_GRAY
    // A damaged or truncated image is only a warning to TurboJPEG, but reported as failure all the same.
    let result = tjDecompress2(
      decoder, bytes, UInt(bytes.count), &pixels, width, 0, height, format.rawValue,
      TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
    guard result == 0 else { throw .corrupt(file, reason: message(of: decoder)) }
    return RasterImage(
      interleaved: pixels, height: Int(height), width: Int(width), channels: channels)
  }

  private static func message(of decoder: tjhandle) -> String {
    tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "unknown error"
  }
}
