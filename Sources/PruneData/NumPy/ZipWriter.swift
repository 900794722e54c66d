import CZlib

/// Builds a zip file in memory; ZIP64 records are added where sizes need them.
struct ZipWriter {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  mutating func add(_ content: [UInt8], named name: String, isCompressed: Bool) {
    let payload = isCompressed ? Self.deflated(content) ?? content : content
    let method: UInt16 = isCompressed && payload.count < content.count ? 8 : 0
    let stored = method == 8 ? payload : content
    let checksum = content.withUnsafeBytes { CRC32.checksum($0) }
    let offset = bytes.count
    let isWide = max(stored.count, content.count, offset) >= 0xFFFF_FFFF
    let sizes = isWide ? [content.count, stored.count] : []
    let common = { (extraBytes: Int) -> [UInt8] in
      ByteOrder.littleEndian(UInt16(isWide ? 45 : 20)) + ByteOrder.littleEndian(UInt16(0x0800))
        + ByteOrder.littleEndian(method)
        // 1 January 1980, so that equal content gives equal files.
        + ByteOrder.littleEndian(UInt16(0)) + ByteOrder.littleEndian(UInt16(0x21))
        + ByteOrder.littleEndian(checksum)
        + ByteOrder.littleEndian(isWide ? UInt32.max : UInt32(truncatingIfNeeded: stored.count))
        + ByteOrder.littleEndian(isWide ? UInt32.max : UInt32(truncatingIfNeeded: content.count))
        + ByteOrder.littleEndian(UInt16(truncatingIfNeeded: name.utf8.count))
        + ByteOrder.littleEndian(UInt16(truncatingIfNeeded: extraBytes))
    }
    let localExtra = Self.wideExtra(sizes)
    bytes += ByteOrder.littleEndian(UInt32(0x0403_4B50)) + common(localExtra.count)
    bytes += Array(name.utf8) + localExtra + stored

    let centralExtra = Self.wideExtra(isWide ? sizes + [offset] : [])
    directory += ByteOrder.littleEndian(UInt32(0x0201_4B50)) + ByteOrder.littleEndian(UInt16(45))
    directory += common(centralExtra.count)
    directory += [UInt8](repeating: 0, count: 10)
    directory += ByteOrder.littleEndian(isWide ? UInt32.max : UInt32(truncatingIfNeeded: offset))
    directory += Array(name.utf8) + centralExtra
    count += 1
  }

  func finished() -> [UInt8] {
    let start = bytes.count
    var result = bytes + directory
    let isWide = start >= 0xFFFF_FFFF || count >= 0xFFFF
    if isWide {
      let record = result.count
      result += ByteOrder.littleEndian(UInt32(0x0606_4B50)) + ByteOrder.littleEndian(UInt64(44))
      result += ByteOrder.littleEndian(UInt16(45)) + ByteOrder.littleEndian(UInt16(45))
      result += [UInt8](repeating: 0, count: 8)
      for value in [count, count, directory.count, start] {
        result += ByteOrder.littleEndian(UInt64(value))
      }
      result += ByteOrder.littleEndian(UInt32(0x0706_4B50)) + ByteOrder.littleEndian(UInt32(0))
      result += ByteOrder.littleEndian(UInt64(record)) + ByteOrder.littleEndian(UInt32(1))
    }
    let entries = ByteOrder.littleEndian(isWide ? UInt16.max : UInt16(count))
    result += ByteOrder.littleEndian(UInt32(0x0605_4B50)) + [0, 0, 0, 0] + entries + entries
    result += ByteOrder.littleEndian(isWide ? UInt32.max : UInt32(directory.count))
    result += ByteOrder.littleEndian(isWide ? UInt32.max : UInt32(start)) + [0, 0]
    return result
  }

  private static func wideExtra(_ values: [Int]) -> [UInt8] {
    guard !values.isEmpty else { return [] }
    return ByteOrder.littleEndian(UInt16(1)) + ByteOrder.littleEndian(UInt16(values.count * 8))
      + values.flatMap { ByteOrder.littleEndian(UInt64($0)) }
  }

  /// The content as deflate data without a wrapper; `nil` where it is too large for one zlib call.
  private static func deflated(_ content: [UInt8]) -> [UInt8]? {
    guard content.count < 1 << 31 else { return nil }
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    var input = content
    var isComplete = false
    let result = [UInt8](
      unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(content.count)))
    ) { output, used in
      input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
      }
      used = output.count - Int(stream.avail_out)
    }
    return isComplete ? result : nil
  }
}
