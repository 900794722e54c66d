import CImageCodecs

/// A decoded image, 8 bits per channel.
struct RasterImage {
  /// Shape `[channels, height, width]`, with 1 or 3 channels.
  let shape: [Int]
  /// Samples in 0 … 255, channel after channel.
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

  /// - Parameter interleaved: samples `[height, width, channels]`.
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

  /// Number of samples of an image.
  ///
  /// - Throws: ``DataError`` where it is 0 or more than the file's size justifies.
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

/// Decodes PNG by libpng's simplified interface, which reports errors by value and never jumps.
enum PNGDecoder {
  /// Decodes an image; transparency is blended with black, 16-bit samples become 8-bit ones.
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

/// Decodes JPEG by TurboJPEG, which reports errors by status.
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
