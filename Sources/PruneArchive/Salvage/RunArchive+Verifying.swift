import GRDB

/// Result of ``RunArchive/verify(path:)``.
public struct VerificationReport: Hashable, Sendable {
  /// One defect of an archive.
  public struct Problem: Hashable, Sendable {
    /// The run concerned; `nil` for the file as a whole.
    public let run: String?
    /// Description in one line.
    public let what: String
  }

  /// Number of runs that the file lists.
  public internal(set) var runCount = 0
  /// Number of runs of which every value decodes.
  public internal(set) var readableRunCount = 0
  /// Defects, those of the file first, then run by run; empty for an intact archive.
  public internal(set) var problems: [Problem] = []

  /// `true` where no defect was found.
  public var isIntact: Bool { problems.isEmpty }
}

extension RunArchive {
  /// Checks the file, the links between its tables, and every value of every run, without changing anything.
  ///
  /// - Throws: ``ArchiveError`` where the file is no archive; damage is reported, not thrown.
  public static func verify(path: String) throws(ArchiveError) -> VerificationReport {
    do {
      let salvage = try RunSalvage(path: path)
      var report = VerificationReport()
      report.problems = salvage.fileProblems().map { .init(run: nil, what: $0) }
      for id in salvage.runIDs() {
        report.runCount += 1
        do {
          _ = try salvage.copy(of: id)
          report.readableRunCount += 1
        } catch {
          report.problems.append(.init(run: id, what: "\(error)"))
        }
      }
      return report
    } catch {
      throw ArchiveFailures(path: path, busySeconds: 30).archiveError(for: error)
    }
  }
}

extension RunSalvage {
  /// Defects that SQLite finds in pages, indexes and references between tables; at most 100 lines.
  func fileProblems() -> [String] {
    let truncation = isTruncated ? ["the file ends before its last page"] : []
    do {
      return try truncation
        + queue.read { database in
          let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check")
          let references = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
            "a row of \(row["table"] as String? ?? "a table") belongs to no run"
          }
          return Array((integrity.filter { $0 != "ok" } + references).prefix(100))
        }
    } catch {
      return truncation + ["\(error)"]
    }
  }
}
