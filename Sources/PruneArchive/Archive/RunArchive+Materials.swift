import GRDB

extension RunArchive {
  /// Files of all runs together beyond which no further one is kept.
  public static let materialLimitBytes = 2 << 30

  /// Keeps a file with a run, in place of an earlier one of the same kind; a file that another run kept too is stored
  /// once.
  ///
  /// - Parameter limitBytes: of all files together.
  /// - Returns: whether it was kept: `false` where the archive then held more than the limit. Nothing is lost for it.
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
