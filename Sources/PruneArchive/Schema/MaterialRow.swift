import CZlib
import Foundation
import GRDB

/// A row of the table `materials`, which archives of the first version hold; `crc32` is that of `file_bytes`.
struct MaterialRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "materials"
  static let databaseColumnEncodingStrategy = DatabaseColumnEncodingStrategy.convertToSnakeCase
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var runId: String
  var kind: String
  var crc32: Int
  var fileBytes: Data
}

extension MaterialRow {
  func bytes() throws -> [UInt8] {
    let bytes = Array(fileBytes)
    guard Self.checksum(bytes) == crc32 else {
      throw UnexpectedValue(
        column: "material '\(kind)' of run \(runId)",
        value: "bytes that do not match their checksum")
    }
    return bytes
  }

  private static func checksum(_ bytes: [UInt8]) -> Int {
    Int(CZlib.crc32(CZlib.crc32(0, nil, 0), bytes, uInt(bytes.count)))
  }
}
