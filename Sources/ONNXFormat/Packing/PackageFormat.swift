import CZstd

/// Layout of a package: a header, records, an end.
///
/// ```
/// header  magic:8  version:1  size:8
/// plain   0      size:4                    stream
/// words   width  size:4  nonzero:4 gaps:4  stream stream×width
/// end     255    crc32:4
/// stream         size:4                    Zstandard frame
/// ```
/// `size` of the header and of a record counts bytes of the original file; numbers are little-endian.
enum PackageFormat {
  /// Signature like PNG's, which reveals transfers that change line ends or drop the highest bit.
  static let magic: [UInt8] = [0x89, 0x41, 0x50, 0x5A, 0x0D, 0x0A, 0x1A, 0x0A]
  static let version: UInt8 = 1
  static let plain: UInt8 = 0
  static let end: UInt8 = 255
  static let wordWidths: [UInt8] = [1, 2, 4, 8]
  /// Most bytes of the original in one record; bounds the memory of unpacking.
  static let largestRecordBytes = 4 << 20
}

/// Entropy coder of byte streams.
///
/// - Source: Collet & Kucherawy, *Zstandard Compression*, RFC 8878, 2021.
enum ZstdCoder {
  /// Compression level; higher ones gain nothing on weights, whose bytes repeat no sequences.
  private static let level: Int32 = 12

  struct Failure: Error {
    let reason: String
  }

  static func encode(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    let bound = ZSTD_compressBound(bytes.count)
    var status = 0
    let encoded = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      status = ZSTD_compress(buffer.baseAddress, bound, bytes, bytes.count, level)
      count = ZSTD_isError(status) == 0 ? status : 0
    }
    guard ZSTD_isError(status) == 0 else { throw Failure(reason: name(of: status)) }
    return encoded
  }

  /// Decoded stream.
  /// - Parameter count: bytes that the stream must hold; never more are allocated.
  static func decode(_ encoded: [UInt8], count: Int) throws(Failure) -> [UInt8] {
    guard count > 0 else {
      guard encoded.isEmpty else { throw Failure(reason: "an empty stream has bytes") }
      return []
    }
    var status = 0
    let decoded = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = ZSTD_decompress(buffer.baseAddress, count, encoded, encoded.count)
      initialized = ZSTD_isError(status) == 0 ? min(status, count) : 0
    }
    guard ZSTD_isError(status) == 0 else { throw Failure(reason: name(of: status)) }
    guard decoded.count == count else {
      throw Failure(reason: "a stream holds \(decoded.count) bytes, expected \(count)")
    }
    return decoded
  }

  /// Most bytes that ``encode(_:)`` returns for `count` bytes.
  static func bound(_ count: Int) -> Int { ZSTD_compressBound(count) }

  private static func name(of status: Int) -> String { String(cString: ZSTD_getErrorName(status)) }
}
