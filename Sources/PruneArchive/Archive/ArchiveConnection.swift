import Foundation
import GRDB

/// Connection to the open database file. Turns every error of SQLite into an ``ArchiveError``.
struct ArchiveConnection: Sendable {
  private let path: String
  private let busySeconds: Double
  private let queue: DatabaseQueue

  init(path: String, access: RunArchive.Access, busySeconds: Double) throws(ArchiveError) {
    self.path = path
    self.busySeconds = busySeconds
    let failures = ArchiveFailures(path: path, busySeconds: busySeconds)
    try Self.prepareFolder(of: path, access: access)
    do {
      var configuration = Configuration()
      configuration.readonly = access == .readOnly
      configuration.busyMode = .timeout(busySeconds)
      configuration.label = "RunArchive"
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try Self.retrying(until: Date().addingTimeInterval(busySeconds)) { [queue] in
        try queue.read { try Self.check($0, path: path, access: access) }
        if access == .readWrite { try Self.bringUpToDate(queue) }
      }
    } catch {
      throw failures.archiveError(for: error)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(ArchiveError) -> Value {
    do { return try queue.read(body) } catch {
      throw ArchiveFailures(path: path, busySeconds: busySeconds).archiveError(for: error)
    }
  }

  /// Runs `body` as one transaction that takes the write lock at its start.
  func write<Value>(_ body: (Database) throws -> Value) throws(ArchiveError) -> Value {
    do { return try queue.write(body) } catch {
      throw ArchiveFailures(path: path, busySeconds: busySeconds).archiveError(for: error)
    }
  }

  private static func prepareFolder(
    of path: String, access: RunArchive.Access
  ) throws(ArchiveError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue { throw .cannotOpen(file: path, reason: "it is a folder") }
    switch access {
    case .readOnly:
      if !exists { throw .cannotOpen(file: path, reason: "there is no such file") }
    case .readWrite:
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw .cannotOpen(
          file: path, reason: "its folder cannot be made (\(error.localizedDescription))")
      }
    }
  }

  /// Refuses a file that is no archive, before anything is written to it.
  private static func check(
    _ database: Database, path: String, access: RunArchive.Access
  ) throws {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id")
    if application != ArchiveSchema.applicationID {
      // The migrator makes its own table before the migration that marks the file as an archive.
      let isEmpty =
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'")
        == 0
      guard application == 0, isEmpty else {
        throw ArchiveError.notAnArchive(file: path, found: "an SQLite database of another program")
      }
      if access == .readOnly {
        throw ArchiveError.notAnArchive(file: path, found: "an empty database")
      }
    }
    let known = ArchiveSchema.migrator.migrations
    let unknown = try ArchiveSchema.migrator.appliedIdentifiers(database).subtracting(known)
    if !unknown.isEmpty {
      throw ArchiveError.newerVersion(file: path, migrations: unknown.sorted())
    }
  }

  /// Sets write-ahead logging and runs the migrations that are missing.
  private static func bringUpToDate(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    if try queue.read(ArchiveSchema.migrator.hasCompletedMigrations) { return }
    do {
      try ArchiveSchema.migrator.migrate(queue)
    } catch {
      // Another process may have been first; its tables are as good.
      guard try queue.read(ArchiveSchema.migrator.hasCompletedMigrations) else { throw error }
    }
  }

  /// Repeats `body` while the file is locked: on some locks (a change of journal mode, a first migration) SQLite gives
  /// up without waiting.
  private static func retrying(until deadline: Date, _ body: () throws -> Void) throws {
    while true {
      do { return try body() } catch let error as DatabaseError {
        let isBusy = [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
        guard isBusy, Date() < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }
}
