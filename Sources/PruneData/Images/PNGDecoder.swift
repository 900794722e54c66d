import CImageCodecs

/// PNG through libpng's simplified interface, which reports errors by value and never jumps.
enum PNGDecoder {
  /// Transparency is dropped onto black, 16-bit samples become 8-bit ones.
  static func decode(_ bytes: [UInt8], file: String) throws(DataError) -> RasterImage {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else {
      throw .corrupt(file, reason: message(of: image))
    }
    let isColour = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0
    image.format = png_uint_32(isColour ? PNG_FORMAT_FLAG_COLOR : 0)
    let (height, width, channels) = (Int(image.height), Int(image.width), isColour ? 3 : 1)
    let size = try RasterImage.checkedSize(
      height: height, width: width, channels: channels, file: file, fileBytes: bytes.count)
    var pixels = [UInt8](repeating: 0, count: size)
    var background = png_color(red: 0, green: 0, blue: 0)
    guard png_image_finish_read(&image, &background, &pixels, 0, nil) != 0 else {
      throw .corrupt(file, reason: message(of: image))
    }
    return RasterImage(interleaved: pixels, height: height, width: width, channels: channels)
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
