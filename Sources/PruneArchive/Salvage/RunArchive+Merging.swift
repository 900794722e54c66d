import GRDB

/// Result of ``RunArchive/merge(from:)``.
public struct MergeReport: Hashable, Sendable {
  /// A run that could not be read.
  public struct Loss: Hashable, Sendable {
    /// The run's id as the other archive states it.
    public let run: String
    /// Reason in one line.
    public let reason: String
  }

  /// Runs that this archive did not know.
  public internal(set) var added: [RunID] = []
  /// Runs replaced by a later state from the other archive.
  public internal(set) var updated: [RunID] = []
  /// Number of runs that this archive knew in the same or a later state.
  public internal(set) var unchangedCount = 0
  /// Runs of the other archive that could not be read and were left out.
  public internal(set) var lost: [Loss] = []
}

extension RunArchive {
  /// Copies the runs of another archive into this one. Merging again changes nothing.
  ///
  /// Damaged archives are read as far as they can be: run by run, each wholly or not at all.
  ///
  /// - Parameter source: path of the other archive.
  /// - Throws: ``ArchiveError`` where `source` is no archive at all, or this one cannot be written.
  public func merge(from source: String) throws(ArchiveError) -> MergeReport {
    let salvage: RunSalvage
    do { salvage = try RunSalvage(path: source) } catch {
      throw ArchiveFailures(path: source, busySeconds: 30).archiveError(for: error)
    }
    var report = MergeReport()
    for id in salvage.runIDs() {
      guard let runID = RunID(id) else {
        report.lost.append(.init(run: id, reason: "its id is no UUID"))
        continue
      }
      do {
        let copy = try salvage.copy(of: id)
        try merge(copy, as: runID, into: &report)
      } catch let error as ArchiveError {
        throw error
      } catch {
        report.lost.append(.init(run: id, reason: "\(error)"))
      }
    }
    return report
  }

  private func merge(
    _ copy: RunSalvage.Copy, as run: RunID, into report: inout MergeReport
  ) throws(ArchiveError) {
    let known = try connection.write { database -> Int? in
      let known = try Int.fetchOne(
        database, sql: "SELECT revision FROM runs WHERE id = ?", arguments: [copy.id])
      if let known, known >= copy.revision { return known }
      for table in ArchiveSchema.tables.reversed() {
        try database.execute(
          sql: "DELETE FROM \(table.name) WHERE \(table.runColumn) = ?", arguments: [copy.id])
      }
      for (table, row) in copy.rows {
        let names = row.columnNames.map { "\"\($0)\"" }.joined(separator: ", ")
        let places = row.columnNames.map { _ in "?" }.joined(separator: ", ")
        try database.execute(
          sql:
            "INSERT \(table == ArchiveSchema.sharedFiles ? "OR IGNORE " : "")INTO \(table) (\(names)) VALUES (\(places))",
          arguments: StatementArguments(row.databaseValues))
      }
      return known
    }
    guard let known else { return report.added.append(run) }
    if known < copy.revision { report.updated.append(run) } else { report.unchangedCount += 1 }
  }
}
