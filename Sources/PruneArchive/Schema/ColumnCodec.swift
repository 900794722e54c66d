import CZlib
import Foundation

/// Packs arrays of numbers as zlib streams of little-endian float32, which
/// `numpy.frombuffer(zlib.decompress(blob), '<f4')` reads.
enum ColumnCodec {
  enum Failure: Error, Hashable, CustomStringConvertible {
    case tooLong(rows: Int)
    case compression(status: Int32)
    case wrongSize(bytes: Int, rowCount: Int)
    case wrongChecksum

    var description: String {
      switch self {
      case .tooLong(let rows): "\(rows) rows, more than a column can hold"
      case .compression(let status): "a zlib stream that fails with status \(status)"
      case .wrongSize(let bytes, let rowCount):
        "\(bytes) compressed bytes that are not \(rowCount) numbers"
      case .wrongChecksum: "numbers that do not match their checksum"
      }
    }
  }

  /// SQLite's limit for one value is 10⁹ bytes.
  private static let maximumRowCount = 240_000_000
  /// zlib never shrinks more than this, so a declared size can be checked before memory is taken.
  private static let maximumRatio = 1032

  static func pack(_ values: [Float]) throws(Failure) -> (bytes: Data, crc32: UInt32) {
    guard values.count <= maximumRowCount else { throw .tooLong(rows: values.count) }
    let words = values.map { $0.bitPattern.littleEndian }
    let sourceCount = words.count * MemoryLayout<UInt32>.size
    var packedCount = compressBound(uLong(sourceCount))
    var packed = [UInt8](repeating: 0, count: Int(packedCount))
    let (status, checksum) = words.withUnsafeBytes { source in
      let bytes = source.bindMemory(to: Bytef.self).baseAddress
      return (
        compress2(&packed, &packedCount, bytes, uLong(sourceCount), Z_BEST_SPEED),
        CZlib.crc32(CZlib.crc32(0, nil, 0), bytes, uInt(sourceCount))
      )
    }
    guard status == Z_OK else { throw .compression(status: status) }
    return (Data(packed.prefix(Int(packedCount))), UInt32(truncatingIfNeeded: checksum))
  }

  static func unpack(_ packed: Data, rowCount: Int, crc32: UInt32) throws(Failure) -> [Float] {
    guard (0...maximumRowCount).contains(rowCount),
      rowCount * MemoryLayout<UInt32>.size / maximumRatio <= packed.count
    else { throw .wrongSize(bytes: packed.count, rowCount: rowCount) }
    var words = [UInt32](repeating: 0, count: rowCount)
    let targetCount = rowCount * MemoryLayout<UInt32>.size
    let (status, unpackedCount, checksum) = words.withUnsafeMutableBytes { target in
      packed.withUnsafeBytes { source in
        unpack(source, into: target)
      }
    }
    guard status == Z_OK else { throw .compression(status: status) }
    guard unpackedCount == targetCount else {
      throw .wrongSize(bytes: packed.count, rowCount: rowCount)
    }
    guard checksum == crc32 else { throw .wrongChecksum }
    return words.map { Float(bitPattern: UInt32(littleEndian: $0)) }
  }

  private static func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> (status: Int32, count: Int, crc32: UInt32) {
    // zlib refuses a null target even where nothing is to be written.
    var nothing: Bytef = 0
    var count = uLongf(target.count)
    let input = source.bindMemory(to: Bytef.self).baseAddress
    guard let output = target.bindMemory(to: Bytef.self).baseAddress, target.count > 0 else {
      return (uncompress(&nothing, &count, input, uLong(source.count)), Int(count), 0)
    }
    let status = uncompress(output, &count, input, uLong(source.count))
    let checksum = CZlib.crc32(CZlib.crc32(0, nil, 0), output, uInt(count))
    return (status, Int(count), UInt32(truncatingIfNeeded: checksum))
  }
}
