import Foundation
import GRDB

/// A row of the table `material_files`: a whole file under the hash of its contents.
struct SharedMaterial: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = ArchiveSchema.sharedFiles
  static let databaseColumnEncodingStrategy = DatabaseColumnEncodingStrategy.convertToSnakeCase
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var sha256: String
  var fileBytes: Data

  init(_ bytes: [UInt8]) {
    sha256 = ContentHash.sha256(bytes)
    fileBytes = Data(bytes)
  }

  func bytes() throws -> [UInt8] {
    let bytes = Array(fileBytes)
    guard ContentHash.sha256(bytes) == sha256 else {
      throw UnexpectedValue(
        column: "material file \(sha256)", value: "bytes that do not match their hash")
    }
    return bytes
  }

  /// The files of a run; none in archives from before they were shared.
  static func fetch(_ database: Database, of run: String) throws -> [SharedMaterial] {
    guard try database.tableExists(databaseTableName) else { return [] }
    return try fetchAll(
      database,
      sql: """
        SELECT DISTINCT material_files.* FROM material_files
        JOIN run_materials USING (sha256) WHERE run_id = ? ORDER BY sha256
        """, arguments: [run])
  }

  static func fetch(
    _ database: Database, _ material: RunMaterial, of run: RunID
  ) throws -> SharedMaterial? {
    guard try database.tableExists(databaseTableName) else { return nil }
    return try fetchOne(
      database,
      sql: """
        SELECT material_files.* FROM material_files
        JOIN run_materials USING (sha256) WHERE run_id = ? AND kind = ?
        """, arguments: [run.description, material.rawValue])
  }
}
