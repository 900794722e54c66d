import GRDB

/// Writes to an archive behind its back, as a damaged or hostile file would look.
struct ForeignWriter {
  private let queue: DatabaseQueue

  init(path: String) throws {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    queue = try DatabaseQueue(path: path, configuration: configuration)
  }

  func execute(_ statements: String) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: statements) }
  }

  /// Brings the write-ahead log into the file itself.
  func checkpoint() throws { try execute("PRAGMA wal_checkpoint(TRUNCATE)") }
}
