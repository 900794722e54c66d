import CZlib

/// CRC-32 and Adler-32 side by side: an identity of content, no protection against forgery.
package struct Checksum {
  package init() {}

  private var crc: UInt = 0
  private var adler: UInt = 1

  package static func crc32(_ bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32
  {
    guard !bytes.isEmpty else { return start }
    return UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(start), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }

  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    let start = bytes.bindMemory(to: UInt8.self).baseAddress
    crc = crc32_z(crc, start, bytes.count)
    adler = adler32_z(adler, start, bytes.count)
  }

  package mutating func add(_ values: [Int]) {
    for value in values {
      withUnsafeBytes(of: Int64(value).littleEndian) { add($0) }
    }
  }

  package var hexadecimal: String {
    [crc, adler].map { word in
      let digits = String(word & 0xFFFF_FFFF, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
