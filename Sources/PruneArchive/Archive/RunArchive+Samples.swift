import GRDB

extension RunArchive {
  /// Stores rows sampled during a run; also allowed after it is over.
  ///
  /// - Returns: the table's position within the run.
  /// - Throws: ``ArchiveError/unequalColumns(name:rows:expected:)``, ``ArchiveError/duplicateColumn(name:)``.
  @discardableResult
  public func store(_ samples: SampleTable, for run: RunID) throws(ArchiveError) -> Int {
    try samples.validate()
    var position = 0
    try update(run) { row, database in
      position = try SampleTableRow.filter(Column("run_id") == row.id).fetchCount(database)
      try SampleTableRow(
        runId: row.id, position: position, kind: samples.kind, roundIndex: samples.round,
        featureVersion: samples.featureVersion, rowCount: samples.rowCount
      ).insert(database)
      for (index, column) in samples.columns.enumerated() {
        try SampleColumnRow(column, at: index, ofTable: position, of: run).insert(database)
      }
    }
    return position
  }
}
