import CZstd

/// Entropy coding of byte streams.
///
/// - Source: Collet & Kucherawy, *Zstandard Compression*, RFC 8878, 2021.
enum ZstdCoder {
  /// Higher levels gain nothing on weights, whose bytes repeat no sequences.
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

  /// - Parameter count: bytes that the stream has to hold; never more are allocated.
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

  /// Most bytes that ``encode(_:)`` makes of `count`.
  static func bound(_ count: Int) -> Int { ZSTD_compressBound(count) }

  private static func name(of status: Int) -> String { String(cString: ZSTD_getErrorName(status)) }
}
