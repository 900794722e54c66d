import GRDB

/// Translates what SQLite and the decoding of rows throw.
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
