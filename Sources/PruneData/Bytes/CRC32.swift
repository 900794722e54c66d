import CZlib

/// CRC-32 of ZIP files, PNG chunks and journal lines: finds accidental damage, and is no identity of content.
package enum CRC32 {
  /// - Parameter start: checksum of the bytes before these; 0 where there are none.
  package static func checksum(
    _ bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0
  ) -> UInt32 {
    guard !bytes.isEmpty else { return start }
    return UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(start), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}
