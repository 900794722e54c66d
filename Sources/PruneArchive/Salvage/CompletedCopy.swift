import Foundation

/// A temporary copy of a truncated database, filled up with zeros to the size its header states.
///
/// SQLite refuses to read any page of a file that is too short; of the copy it reads what is left.
///
/// - Source: *Database File Format*, [sqlite.org/fileformat.html](https://sqlite.org/fileformat.html), §1.3:
///   page size at offset 16, page count at offset 28, both big-endian.
final class CompletedCopy: Sendable {
  let path: String

  /// - Returns: `nil` where the file is not shorter than it says, or says something absurd, or cannot be copied.
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
