import GRDB

extension RunArchive {
  /// Stores rows sampled during a run; also allowed after it is over, for labels known only then.
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

  /// Adds a column, such as a label that is known only when the run is over, to rows stored before.
  ///
  /// - Parameter position: what ``store(_:for:)`` returned.
  public func append(
    _ column: SampleTable.Column, toTable position: Int, of run: RunID
  ) throws(ArchiveError) {
    try update(run) { row, database in
      let key = ["run_id": row.id.databaseValue, "position": position.databaseValue]
      guard let table = try SampleTableRow.fetchOne(database, key: key) else {
        throw ArchiveError.unknownSampleTable(run: run, position: position)
      }
      guard column.values.count == table.rowCount else {
        throw ArchiveError.unequalColumns(
          name: column.name, rows: column.values.count, expected: table.rowCount)
      }
      let names = try String.fetchAll(
        database, sql: "SELECT name FROM sample_columns WHERE run_id = ? AND table_position = ?",
        arguments: [row.id, position])
      guard !names.contains(column.name) else {
        throw ArchiveError.duplicateColumn(name: column.name)
      }
      try SampleColumnRow(column, at: names.count, ofTable: position, of: run).insert(database)
    }
  }
}
