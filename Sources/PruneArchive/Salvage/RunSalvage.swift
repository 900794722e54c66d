import Foundation
import GRDB

/// Reads whole runs out of a file that may be damaged, each on its own, past parts that cannot be read.
struct RunSalvage {
  /// All rows of one run, by table.
  struct Copy {
    let id: String
    let revision: Int
    let rows: [(table: String, row: Row)]
  }

  let queue: DatabaseQueue
  /// The copy that the queue reads, deleted with this value; `nil` where the file itself is read.
  private let completed: CompletedCopy?

  /// Opens a file for reading; of a truncated one a completed copy.
  ///
  /// - Throws: ``ArchiveError``, also for archives of a newer version.
  init(path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ArchiveError.cannotOpen(file: path, reason: "there is no such file")
    }
    do {
      queue = try Self.open(path, knownAs: path)
      completed = nil
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      guard let copy = CompletedCopy(of: path) else { throw error }
      queue = try Self.open(copy.path, knownAs: path)
      completed = copy
    }
  }

  private static func open(_ file: String, knownAs path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(30)
    let queue = try DatabaseQueue(path: file, configuration: configuration)
    try queue.read { database in
      guard
        try Int32.fetchOne(database, sql: "PRAGMA application_id") == ArchiveSchema.applicationID
      else {
        throw ArchiveError.notAnArchive(file: path, found: "a database of another program")
      }
      // Fails where the file is shorter than it says it is.
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
      let applied = (try? ArchiveSchema.migrator.appliedIdentifiers(database)) ?? []
      let unknown = applied.subtracting(ArchiveSchema.migrator.migrations)
      if !unknown.isEmpty {
        throw ArchiveError.newerVersion(file: path, migrations: unknown.sorted())
      }
    }
    return queue
  }

  /// Ids of the runs that the table, read from either end, still yields; in sorted order.
  func runIDs() -> [String] {
    var found: Set<String> = []
    for order in ["ASC", "DESC"] {
      try? queue.read { database in
        let cursor = try String.fetchCursor(
          database, sql: "SELECT id FROM runs ORDER BY id \(order)")
        while let id = try cursor.next() { found.insert(id) }
      }
    }
    return found.sorted()
  }

  var isTruncated: Bool { completed != nil }

  func readableRunCount() -> Int { runIDs().count { (try? copy(of: $0)) != nil } }

  /// All rows of a run, after every sample column and file was checked.
  ///
  /// - Throws: the error that keeps the run from being read.
  func copy(of id: String) throws -> Copy {
    try queue.read { database in
      let run = try ArchivedRun.fetch(database, id: id)
      for samples in run.samples {
        _ = try SampleTable.fetch(database, run: id, position: samples.position)
      }
      let materials = try MaterialRow.fetchAll(
        database, sql: "SELECT * FROM materials WHERE run_id = ?", arguments: [id])
      for material in materials { _ = try material.bytes() }
      let files = try SharedMaterial.fetch(database, of: id)
      for file in files { _ = try file.bytes() }
      // Runs refer to files, so files come first.
      let shared = try files.flatMap { file in
        try Row.fetchAll(
          database, sql: "SELECT * FROM \(ArchiveSchema.sharedFiles) WHERE sha256 = ?",
          arguments: [file.sha256]
        ).map { (table: ArchiveSchema.sharedFiles, row: $0) }
      }
      let rows = try ArchiveSchema.tables.flatMap { table in
        guard try database.tableExists(table.name) else { return [(table: String, row: Row)]() }
        return try Row.fetchAll(
          database, sql: "SELECT * FROM \(table.name) WHERE \(table.runColumn) = ?",
          arguments: [id]
        ).map { (table: table.name, row: $0) }
      }
      let revision = try Int.fetchOne(
        database, sql: "SELECT revision FROM runs WHERE id = ?", arguments: [id])
      return Copy(id: id, revision: revision ?? 0, rows: shared + rows)
    }
  }
}

/// A temporary copy of a truncated database, filled up with zeros to the size its header states.
///
/// SQLite refuses to read any page of a file that is too short; of the copy it reads what is left.
///
/// - Source: *Database File Format*, [sqlite.org/fileformat.html](https://sqlite.org/fileformat.html), §1.3:
///   page size at offset 16, page count at offset 28, both big-endian.
final class CompletedCopy: Sendable {
  let path: String

  /// - Returns: `nil` where the file is not shorter than its header states, where the header states more than 64 times
  ///   the file's size, or where the file cannot be copied.
  init?(of source: String) {
    guard let header = Self.header(of: source), header.count == 100,
      let size = try? FileManager.default.attributesOfItem(atPath: source)[.size] as? UInt64
    else { return nil }
    let word = UInt64(header[16]) << 8 | UInt64(header[17])
    let pageSize = word == 1 ? 65536 : word
    let pageCount = header[28..<32].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let stated = pageSize * pageCount
    guard stated > size, stated <= 64 * size else { return nil }
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-salvage-\(UUID().uuidString).sqlite").path
    do {
      try FileManager.default.copyItem(atPath: source, toPath: path)
      if FileManager.default.fileExists(atPath: source + "-wal") {
        try FileManager.default.copyItem(atPath: source + "-wal", toPath: path + "-wal")
      }
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: stated)
      try handle.close()
    } catch {
      Self.remove(path)
      return nil
    }
  }

  deinit { Self.remove(path) }

  private static func header(of path: String) -> [UInt8]? {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: 100)
    else { return nil }
    return [UInt8](data)
  }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
