/// CRC-32C (Castagnoli), as TFRecord frames its records with.
///
/// - Source: RFC 3720, appendix B.4, for the polynomial and its check values.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }

  /// Rotated by 15 bits and shifted by a constant, so that a record may hold checksums itself.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(of: bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
