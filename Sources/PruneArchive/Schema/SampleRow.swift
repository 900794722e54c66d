import Foundation
import GRDB

/// A row of the table `sample_tables`; property names are the column names in camel case.
struct SampleTableRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "sample_tables"
  static let databaseColumnEncodingStrategy = DatabaseColumnEncodingStrategy.convertToSnakeCase
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var runId: String
  var position: Int
  var kind: SampleTable.Kind
  var roundIndex: Int?
  var featureVersion: Int
  var rowCount: Int
}

/// A row of the table `sample_columns`.
struct SampleColumnRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "sample_columns"

  enum CodingKeys: String, CodingKey, ColumnExpression {
    case runId = "run_id"
    case tablePosition = "table_position"
    case position
    case name
    case crc32
    case zlibFloat32 = "zlib_float32"
  }

  var runId: String
  var tablePosition: Int
  var position: Int
  var name: String
  var crc32: Int
  var zlibFloat32: Data
}

extension SampleColumnRow {
  /// The row of a packed column.
  init(_ column: SampleTable.Column, at position: Int, ofTable tablePosition: Int, of run: RunID)
    throws
  {
    let packed = try ColumnCodec.pack(column.values)
    self.init(
      runId: run.description, tablePosition: tablePosition, position: position, name: column.name,
      crc32: Int(packed.crc32), zlibFloat32: packed.bytes)
  }

  /// The unpacked column.
  ///
  /// - Throws: ``UnexpectedValue`` where length or checksum do not match.
  func column(rowCount: Int) throws -> SampleTable.Column {
    do {
      let values = try ColumnCodec.unpack(
        zlibFloat32, rowCount: rowCount, crc32: UInt32(truncatingIfNeeded: crc32))
      return SampleTable.Column(name: name, values: values)
    } catch {
      throw UnexpectedValue(
        column: "sample column '\(name)' of run \(runId)", value: "\(error)")
    }
  }
}
