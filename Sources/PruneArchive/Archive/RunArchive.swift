public import Foundation
import GRDB
public import PruneCore

/// A history of pruning runs in one SQLite file, which several processes may write at the same time.
///
/// Every call is one transaction: what it wrote is there after a crash, or nothing of it. A run whose process
/// dies stays readable and is found ``RunStatus/interrupted`` by whoever opens the archive next. Keep one
/// `RunArchive` per file and process.
public final class RunArchive: Sendable {
  /// What an archive is opened for.
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

  /// - Parameter busySeconds: how long to wait for other processes.
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

  /// - Returns: the new run's id; the run is ``RunStatus/running`` until it is finished.
  public func begin(_ record: RunRecord, startedAt: Date = Date()) throws(ArchiveError) -> RunID {
    let id = RunID()
    let row = RunRow(record, id: id, startedAt: startedAt, writer: writer)
    try connection.write { database in try row.insert(database) }
    return id
  }

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

  /// Ends a run, for good unless it is resumed.
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

  /// Goes on with a run from a checkpoint: this process becomes its writer, and rounds after the checkpoint go.
  ///
  /// - Parameter roundCount: rounds with this index or a higher one are dropped.
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

  /// Changes one run, which grows its revision.
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
