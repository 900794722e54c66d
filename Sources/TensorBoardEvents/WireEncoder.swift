/// Encoder of protocol-buffer fields in wire format, as far as event files need them.
struct WireEncoder {
  private(set) var bytes: [UInt8] = []

  mutating func double(_ value: Double, field: Int) {
    key(field, wireType: 1)
    append(littleEndian: value.bitPattern)
  }

  mutating func float(_ value: Float, field: Int) {
    key(field, wireType: 5)
    append(littleEndian: value.bitPattern)
  }

  mutating func integer(_ value: Int64, field: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: value))
  }

  mutating func string(_ value: String, field: Int) { block(Array(value.utf8), field: field) }

  mutating func message(_ message: WireEncoder, field: Int) { block(message.bytes, field: field) }

  /// Appends a packed repeated field.
  mutating func doubles(_ values: [Double], field: Int) {
    var packed = WireEncoder()
    for value in values { packed.append(littleEndian: value.bitPattern) }
    block(packed.bytes, field: field)
  }

  mutating func append(littleEndian value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ other: [UInt8]) { bytes += other }

  private mutating func block(_ content: [UInt8], field: Int) {
    key(field, wireType: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// CRC-32C checksum (Castagnoli), as TFRecord frames use it.
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

  /// Masked checksum: rotated by 15 bits, plus a constant, so that a record may itself hold checksums.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(of: bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
