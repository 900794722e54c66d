import GRDB

extension RunArchive {
  /// Keeps a file with a run, in place of an earlier one of the same kind.
  public func storeMaterial(
    _ bytes: [UInt8], as material: RunMaterial, for run: RunID
  ) throws(ArchiveError) {
    let row = MaterialRow(bytes, as: material, of: run)
    try update(run) { _, database in try row.save(database) }
  }

  /// The file of this kind that was kept with a run; `nil` where none was.
  /// - Throws: ``ArchiveError`` where it is damaged.
  public func material(_ material: RunMaterial, of run: RunID) throws(ArchiveError) -> [UInt8]? {
    try connection.read { database in
      try MaterialRow.fetchOne(
        database, key: ["run_id": run.description, "kind": material.rawValue])?.bytes()
    }
  }
}
