public import Foundation
import GRDB

extension RunArchive {
  /// Writes `runs.csv`, `rounds.csv` and one `samples-RUN-POSITION-KIND.csv` per sample table into a folder.
  ///
  /// Headers are the archive's column names, with units; columns of samples are named as the features are. Fields are
  /// empty where the archive has no value.
  /// - Parameters:
  ///   - folder: folder to write to, made where missing; files of the same names are replaced.
  ///   - runs: ids of the runs to export; `nil` for all.
  /// - Returns: the files written.
  /// - Throws: ``ArchiveError/cannotExport(file:reason:)``, ``ArchiveError/unknownRun(file:run:)``.
  public func exportCSV(to folder: URL, runs: [RunID]? = nil) throws(ArchiveError) -> [URL] {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotExport(file: folder.path, reason: error.localizedDescription)
    }
    let ids: [RunID]
    if let runs { ids = runs } else { ids = try self.runs().map(\.id) }
    var files: [URL] = []
    for (table, runColumn) in ArchiveSchema.tables.prefix(2) {
      let file = folder.appendingPathComponent("\(table).csv")
      try export(table, where: runColumn, isOneOf: ids, to: file)
      files.append(file)
    }
    for id in ids {
      for samples in try run(id).samples {
        let name = "samples-\(id)-\(samples.position)-\(samples.kind.rawValue).csv"
        let file = folder.appendingPathComponent(name)
        try export(try sampleTable(samples.position, of: id), to: file)
        files.append(file)
      }
    }
    return files
  }

  private func export(
    _ table: String, where runColumn: String, isOneOf ids: [RunID], to url: URL
  ) throws(ArchiveError) {
    var file = try CSVFile(at: url)
    let names = try connection.read { try $0.columns(in: table).map(\.name) }
    try file.write(names)
    for id in ids {
      let rows = try connection.read { database in
        try Row.fetchAll(
          database, sql: "SELECT * FROM \(table) WHERE \(runColumn) = ? ORDER BY 1, 2",
          arguments: [id.description])
      }
      for row in rows { try file.write(row.databaseValues.map(Self.field)) }
    }
    try file.close()
  }

  private func export(_ samples: SampleTable, to url: URL) throws(ArchiveError) {
    var file = try CSVFile(at: url)
    try file.write(samples.columns.map(\.name))
    for row in 0..<samples.rowCount {
      try file.write(samples.columns.map { "\($0.values[row])" })
    }
    try file.close()
  }

  private func sampleTable(_ position: Int, of run: RunID) throws(ArchiveError) -> SampleTable {
    try connection.read { database in
      try SampleTable.fetch(database, run: run.description, position: position)
    }
  }

  private static func field(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: ""
    case .int64(let number): String(number)
    case .double(let number): "\(number)"
    case .string(let text): text
    case .blob(let bytes): "\(bytes.count) bytes"
    }
  }
}
