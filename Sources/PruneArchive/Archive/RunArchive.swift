public import Foundation
import GRDB
public import PruneCore

/// A history of pruning runs in one SQLite file, which several processes may write at the same time.
///
/// Every call is one transaction: after a crash all or nothing of it is in the file. A run whose process dies stays
/// readable and is marked ``RunStatus/interrupted`` when the archive is next opened for writing. Keep one `RunArchive`
/// per file and process.
public final class RunArchive: Sendable {
  /// Mode in which an archive is opened.
  public enum Access: Hashable, Sendable {
    /// Creates the file and its folder where missing, and brings older archives up to date.
    case readWrite
    /// Changes nothing, not even the state of runs whose process has died; the file must exist.
    case readOnly
  }

  /// Path of the archive.
  public let path: String
  let connection: ArchiveConnection
  let writer = WriterProcess.current()

  /// Opens an archive.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - access: `.readWrite` creates a missing file.
  ///   - busySeconds: longest wait for the lock of another process.
  /// - Throws: ``ArchiveError/cannotOpen(file:reason:)``, ``ArchiveError/notAnArchive(file:found:)``,
  ///   ``ArchiveError/newerVersion(file:migrations:)``, ``ArchiveError/damaged(file:what:readableRuns:)`` or
  ///   ``ArchiveError/busy(file:seconds:)``; the file is then as it was.
  public init(
    path: String, access: Access = .readWrite, busySeconds: Double = 30
  ) throws(ArchiveError) {
    self.path = path
    connection = try ArchiveConnection(path: path, access: access, busySeconds: busySeconds)
    if access == .readWrite { try markAbandonedRuns() }
  }

  /// Adds a run, which is ``RunStatus/running`` until it is finished.
  ///
  /// - Returns: the new run's id.
  public func begin(_ record: RunRecord, startedAt: Date = Date()) throws(ArchiveError) -> RunID {
    let id = RunID()
    let row = RunRow(record, id: id, startedAt: startedAt, writer: writer)
    try connection.write { database in try row.insert(database) }
    return id
  }

  /// Adds a round to a run under way.
  ///
  /// - Throws: ``ArchiveError/runIsOver(run:status:)``, ``ArchiveError/duplicateRound(run:index:)``.
  public func append(_ round: PruningRound, to run: RunID) throws(ArchiveError) {
    try update(run) { row, database in
      let isMine = row.status == .interrupted && row.writerProcess == writer.process
      guard row.status == .running || isMine else {
        throw ArchiveError.runIsOver(run: run, status: row.status)
      }
      row.status = .running
      let isKnown =
        try RoundRow.filter(key: ["run_id": row.id, "round_index": round.index])
        .isEmpty(database) == false
      guard !isKnown else { throw ArchiveError.duplicateRound(run: run, index: round.index) }
      try RoundRow(round, of: run).insert(database)
    }
  }

  /// Ends a run with its result; an interrupted or failed one can be resumed.
  public func finish(
    _ run: RunID, status: RunStatus, result: RunResult, finishedAt: Date = Date()
  ) throws(ArchiveError) {
    precondition(status != .running, "a run cannot be finished as running")
    try update(run) { row, _ in
      row.status = status
      row.finishedUnixSeconds = finishedAt.timeIntervalSince1970
      row.set(result)
    }
  }

  /// Goes on with a run from a checkpoint: this process becomes its writer, and rounds after the checkpoint are deleted.
  ///
  /// - Parameters:
  ///   - run: the run to go on with.
  ///   - roundCount: number of rounds up to the checkpoint; those with this index or a higher one are deleted.
  /// - Throws: ``ArchiveError/runIsOver(run:status:)`` for a finished run.
  public func resume(_ run: RunID, keepingRounds roundCount: Int) throws(ArchiveError) {
    try update(run) { row, database in
      guard row.status != .finished else {
        throw ArchiveError.runIsOver(run: run, status: row.status)
      }
      row.status = .running
      row.finishedUnixSeconds = nil
      row.writerHost = writer.host
      row.writerProcess = writer.process
      try database.execute(
        sql: "DELETE FROM rounds WHERE run_id = ? AND round_index >= ?",
        arguments: [row.id, roundCount])
    }
  }

  /// Changes one run and increments its revision.
  func update(
    _ run: RunID, change: (inout RunRow, Database) throws -> Void
  ) throws(ArchiveError) {
    try connection.write { database in
      guard var row = try RunRow.fetchOne(database, key: run.description) else {
        throw ArchiveError.unknownRun(file: path, run: run.description)
      }
      try change(&row, database)
      row.revision += 1
      try row.update(database)
    }
  }

  /// Marks running runs whose process has ended as interrupted.
  private func markAbandonedRuns() throws(ArchiveError) {
    let abandoned = try connection.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT id, writer_host, writer_process FROM runs WHERE status = 'running'"
      ).filter { row in
        let owner = WriterProcess(
          host: try row.decode(forColumn: "writer_host"),
          process: try row.decode(forColumn: "writer_process"))
        return owner.hasEnded(seenFrom: writer)
      }.map { row in try row.decode(String.self, forColumn: "id") }
    }
    if abandoned.isEmpty { return }
    try connection.write { database in
      for id in abandoned {
        try database.execute(
          sql: """
            UPDATE runs SET status = 'interrupted', revision = revision + 1
            WHERE id = ? AND status = 'running'
            """, arguments: [id])
      }
    }
  }
}

extension RunArchive {
  /// Stores a table of rows sampled during a run; also allowed after the run is over.
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

extension RunArchive {
  /// Location of the archive unless `--archive` names one: `$AUTOPRUNE_ARCHIVE`, else `autoprune/runs.sqlite` in
  /// `$XDG_DATA_HOME`, else in `~/.local/share`.
  ///
  /// - Source: *XDG Base Directory Specification* 0.8; relative paths in `$XDG_DATA_HOME` do not count.
  public static func defaultURL(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    if let chosen = environment["AUTOPRUNE_ARCHIVE"], !chosen.isEmpty {
      return URL(fileURLWithPath: chosen)
    }
    let dataFolder: URL
    if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") {
      dataFolder = URL(fileURLWithPath: folder, isDirectory: true)
    } else {
      let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
      dataFolder = URL(fileURLWithPath: home, isDirectory: true)
        .appendingPathComponent(".local/share", isDirectory: true)
    }
    return dataFolder.appendingPathComponent("autoprune/runs.sqlite")
  }
}
