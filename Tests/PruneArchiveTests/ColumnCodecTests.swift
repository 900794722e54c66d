import Foundation
import PruneCore
import PruneSupport
import Testing

@testable import PruneArchive

@Suite("Packed columns")
struct ColumnCodecTests {
  struct Golden: Decodable {
    struct Column: Decodable {
      let name: String
      let bits: [UInt32]
      let crc32: UInt32
      let base64: String
    }
    let columns: [Column]

    static func load() throws -> Golden {
      let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/columns.json")
      return try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: url))
    }
  }

  @Test("what Python packed is unpacked, and checksums agree")
  func golden() throws {
    for column in try Golden.load().columns {
      let values = column.bits.map(Float.init(bitPattern:))
      let packed = try #require(Data(base64Encoded: column.base64))
      let unpacked = try ColumnCodec.unpack(
        packed, rowCount: values.count, crc32: column.crc32)
      #expect(unpacked.map(\.bitPattern) == column.bits, "\(column.name)")
      #expect(try ColumnCodec.pack(values).crc32 == column.crc32, "\(column.name)")
    }
  }

  @Test("any bits survive", arguments: [0, 1, 2, 999, 20_000])
  func property(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let bits = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    let packed = try ColumnCodec.pack(bits.map(Float.init(bitPattern:)))
    let unpacked = try ColumnCodec.unpack(packed.bytes, rowCount: count, crc32: packed.crc32)
    #expect(unpacked.map(\.bitPattern) == bits)
  }

  @Test("damage of any byte is noticed")
  func damage() throws {
    let packed = try ColumnCodec.pack((0..<64).map { Float($0) })
    for index in packed.bytes.indices {
      var bytes = packed.bytes
      bytes[index] ^= 0xFF
      #expect(throws: ColumnCodec.Failure.self) {
        try ColumnCodec.unpack(bytes, rowCount: 64, crc32: packed.crc32)
      }
    }
  }

  @Test("impossible sizes are refused before memory is taken", arguments: [-1, 65, .max, 1 << 40])
  func sizes(rowCount: Int) throws {
    let packed = try ColumnCodec.pack((0..<64).map { Float($0) })
    #expect(throws: ColumnCodec.Failure.self) {
      try ColumnCodec.unpack(packed.bytes, rowCount: rowCount, crc32: packed.crc32)
    }
  }
}
