import CZlib
import Foundation
import GRDB
import PruneSupport

/// Kind of file kept with a run, from which a predictor can later be fitted.
public enum RunMaterial: String, Hashable, Sendable, CaseIterable {
  /// The dense network, an ONNX file.
  case network
  /// Examples with labels, an `.npz` with `x` and `y`.
  case calibration
}

extension RunArchive {
  /// Largest size of the files of all runs together, 2 GiB.
  public static let materialLimitBytes = 2 << 30

  /// Keeps a file with a run, in place of an earlier one of the same kind; a file that another run kept too is stored
  /// once.
  ///
  /// - Parameters:
  ///   - bytes: contents of the file.
  ///   - material: kind of the file.
  ///   - run: the run to keep it with.
  ///   - limitBytes: largest size of all files together.
  /// - Returns: `true` where the file was kept, `false` where the archive would hold more than the limit.
  @discardableResult
  public func storeMaterial(
    _ bytes: [UInt8], as material: RunMaterial, for run: RunID,
    limitBytes: Int = RunArchive.materialLimitBytes
  ) throws(ArchiveError) -> Bool {
    let file = SharedMaterial(bytes)
    var isKept = false
    try update(run) { row, database in
      let isKnown = try SharedMaterial.exists(database, key: file.sha256)
      if !isKnown {
        let total =
          try Int.fetchOne(
            database, sql: "SELECT coalesce(sum(length(file_bytes)), 0) FROM material_files") ?? 0
        guard bytes.count <= limitBytes - min(total, limitBytes) else { return }
        try file.insert(database)
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO run_materials (run_id, kind, sha256) VALUES (?, ?, ?)",
        arguments: [row.id, material.rawValue, file.sha256])
      isKept = true
    }
    return isKept
  }

  /// The file of this kind that was kept with a run; `nil` where none was.
  /// - Throws: ``ArchiveError`` where it is damaged.
  public func material(_ material: RunMaterial, of run: RunID) throws(ArchiveError) -> [UInt8]? {
    try connection.read { database in
      if let file = try SharedMaterial.fetch(database, material, of: run) {
        return try file.bytes()
      }
      return try MaterialRow.fetchOne(
        database, key: ["run_id": run.description, "kind": material.rawValue])?.bytes()
    }
  }
}

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

  /// The files of a run; empty in archives of the first version, which have no such table.
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
