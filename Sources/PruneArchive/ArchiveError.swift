import GRDB

/// An error of reading or writing an archive of runs. `file` is the archive's path.
public enum ArchiveError: Error, Hashable, CustomStringConvertible {
  /// The file is missing, a folder, not permitted, or in a folder that cannot be made.
  case cannotOpen(file: String, reason: String)
  /// The file is no archive; `found` says what it is.
  case notAnArchive(file: String, found: String)
  /// A later version of the program wrote the archive; `migrations` are those that this one does not know.
  case newerVersion(file: String, migrations: [String])
  /// The file is damaged; ``RunArchive/merge(from:)`` would save `readableRuns` runs, `nil` where that is unknown.
  case damaged(file: String, what: String, readableRuns: Int?)
  /// Another process held its lock for longer than `seconds`.
  case busy(file: String, seconds: Double)
  /// The disk is full, the file may not be written, or the write failed; the transaction is undone.
  case cannotWrite(file: String, reason: String)
  /// No run has this id, or an id that begins so.
  case unknownRun(file: String, run: String)
  /// A file of the export, not the archive, could not be written; `file` is its path.
  case cannotExport(file: String, reason: String)
  /// More than one run has an id that begins so.
  case ambiguousRun(file: String, prefix: String, matches: Int)
  /// A round was given for a run that is over, or a finished run was to be resumed.
  case runIsOver(run: RunID, status: RunStatus)
  /// The run already has a round of this index.
  case duplicateRound(run: RunID, index: Int)
  /// Columns of one table differ in length.
  case unequalColumns(name: String, rows: Int, expected: Int)
  /// Two columns of one table have one name.
  case duplicateColumn(name: String)

  public var description: String {
    switch self {
    case .cannotOpen(let file, let reason):
      "cannot open the archive '\(file)': \(reason); choose another with --archive"
    case .notAnArchive(let file, let found):
      "'\(file)' is no archive of runs but \(found); choose another file with --archive"
    case .newerVersion(let file, let migrations):
      "the archive '\(file)' was written by a newer version (it has \(migrations.joined(separator: ", "))); update autoprune or use another file"
    case .damaged(let file, let what, let readableRuns):
      "the archive '\(file)' is damaged: \(what); \(Self.advice(readableRuns: readableRuns))"
    case .busy(let file, let seconds):
      "another process kept the archive '\(file)' locked for \(seconds) s; try again when it is done"
    case .cannotWrite(let file, let reason):
      "cannot write the archive '\(file)': \(reason); free some space, or choose another file with --archive"
    case .unknownRun(let file, let run):
      "the archive '\(file)' has no run '\(run)'; `autoprune archive list` shows its runs"
    case .cannotExport(let file, let reason):
      "cannot write the export '\(file)': \(reason)"
    case .ambiguousRun(let file, let prefix, let matches):
      "\(matches) runs in '\(file)' begin with '\(prefix)'; give more of the run's id"
    case .runIsOver(let run, let status):
      "run \(run) is \(status.rawValue) and takes no more rounds; begin a new run, or resume it"
    case .duplicateRound(let run, let index):
      "run \(run) already has a round \(index); rounds count from 0, each once"
    case .unequalColumns(let name, let rows, let expected):
      "sample column '\(name)' has \(rows) rows, expected \(expected) as in the table's first column"
    case .duplicateColumn(let name):
      "sample column '\(name)' is there twice; column names must differ within a table"
    }
  }

  private static func advice(readableRuns: Int?) -> String {
    switch readableRuns {
    case nil: "restore it from a copy, or start a new one with --archive"
    case 0?: "no run can be saved; restore it from a copy, or start a new one with --archive"
    case let count?:
      "\(count) \(count == 1 ? "run" : "runs") can be saved: merge it into a new archive with `autoprune archive merge`"
    }
  }
}

/// Translates errors of SQLite and of decoding rows into ``ArchiveError``.
struct ArchiveFailures {
  let path: String
  let busySeconds: Double

  func archiveError(for error: any Error) -> ArchiveError {
    switch error {
    case let error as ArchiveError: error
    case let error as DatabaseError: archiveError(for: error)
    case let error as RowDecodingError: damaged(error.description)
    case let error as DecodingError: damaged("\(error)")
    default: damaged("\(error)")
    }
  }

  private func archiveError(for error: DatabaseError) -> ArchiveError {
    let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_NOTADB: return .notAnArchive(file: path, found: "no SQLite database")
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(file: path, seconds: busySeconds)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_NOLFS:
      return .cannotOpen(file: path, reason: message)
    case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_TOOBIG:
      return .cannotWrite(file: path, reason: message)
    default: return damaged(message)
    }
  }

  private func damaged(_ what: String) -> ArchiveError {
    .damaged(
      file: path, what: what, readableRuns: try? RunSalvage(path: path).readableRunCount())
  }
}
