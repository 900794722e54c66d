import GRDB

extension RunArchive {
  /// All runs, oldest first.
  public func runs() throws(ArchiveError) -> [RunSummary] {
    try connection.read { database in
      let counts = try Row.fetchAll(
        database, sql: "SELECT run_id, count(*) AS rounds FROM rounds GROUP BY run_id")
      var roundCounts: [String: Int] = [:]
      for row in counts {
        roundCounts[try row.decode(forColumn: "run_id")] = try row.decode(forColumn: "rounds")
      }
      return try RunRow.fetchAll(
        database, sql: "SELECT * FROM runs ORDER BY started_unix_seconds, id"
      ).map { try $0.summary(roundCount: roundCounts[$0.id] ?? 0) }
    }
  }

  /// A run with its rounds.
  ///
  /// - Throws: ``ArchiveError/unknownRun(file:run:)``.
  public func run(_ id: RunID) throws(ArchiveError) -> ArchivedRun {
    try connection.read { database in
      guard try RunRow.exists(database, key: id.description) else {
        throw ArchiveError.unknownRun(file: path, run: id.description)
      }
      return try ArchivedRun.fetch(database, id: id.description)
    }
  }

  /// The one run whose id begins with `prefix`, which people type shortened.
  /// - Throws: ``ArchiveError/unknownRun(file:run:)``, ``ArchiveError/ambiguousRun(file:prefix:matches:)``.
  public func runID(startingWith prefix: String) throws(ArchiveError) -> RunID {
    let wanted = prefix.lowercased()
    let matches = try connection.read { database in
      try String.fetchAll(
        database, sql: "SELECT id FROM runs WHERE substr(id, 1, ?) = ?",
        arguments: [wanted.count, wanted])
    }
    guard let first = matches.first.flatMap(RunID.init), !wanted.isEmpty else {
      throw .unknownRun(file: path, run: prefix)
    }
    guard matches.count == 1 else {
      throw .ambiguousRun(file: path, prefix: prefix, matches: matches.count)
    }
    return first
  }

  /// The rows sampled during a run, in the order they were stored.
  public func samples(of run: RunID) throws(ArchiveError) -> [SampleTable] {
    try connection.read { database in
      guard try RunRow.exists(database, key: run.description) else {
        throw ArchiveError.unknownRun(file: path, run: run.description)
      }
      return try ArchivedRun.fetch(database, id: run.description).samples
        .map { try SampleTable.fetch(database, run: run.description, position: $0.position) }
    }
  }
}

extension ArchivedRun {
  static func fetch(_ database: Database, id: String) throws -> ArchivedRun {
    let row = try RunRow.find(database, key: id)
    let rounds = try RoundRow.fetchAll(
      database, sql: "SELECT * FROM rounds WHERE run_id = ? ORDER BY round_index", arguments: [id])
    let tables = try SampleTableRow.fetchAll(
      database, sql: "SELECT * FROM sample_tables WHERE run_id = ? ORDER BY position",
      arguments: [id])
    return ArchivedRun(
      summary: try row.summary(roundCount: rounds.count), rounds: rounds.map(\.round),
      samples: try tables.map { table in
        Samples(
          position: table.position, kind: table.kind, round: table.roundIndex,
          featureVersion: table.featureVersion, rowCount: table.rowCount,
          columnNames: try String.fetchAll(
            database,
            sql: """
              SELECT name FROM sample_columns WHERE run_id = ? AND table_position = ?
              ORDER BY position
              """, arguments: [id, table.position]))
      })
  }
}

extension SampleTable {
  static func fetch(_ database: Database, run: String, position: Int) throws -> SampleTable {
    let table = try SampleTableRow.find(database, key: ["run_id": run, "position": position])
    let columns = try SampleColumnRow.fetchAll(
      database,
      sql: """
        SELECT * FROM sample_columns WHERE run_id = ? AND table_position = ? ORDER BY position
        """, arguments: [run, position])
    return SampleTable(
      kind: table.kind, round: table.roundIndex, featureVersion: table.featureVersion,
      columns: try columns.map { try $0.column(rowCount: table.rowCount) })
  }
}
