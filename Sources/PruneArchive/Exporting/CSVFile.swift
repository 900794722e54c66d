import Foundation

/// A comma-separated file (RFC 4180), written under a temporary name and then renamed.
struct CSVFile: ~Copyable {
  private let target: URL
  private let temporary: URL
  private let handle: FileHandle
  private var buffer = Data()

  init(at target: URL) throws(ArchiveError) {
    self.target = target
    temporary = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(UUID().uuidString)")
    do {
      try Data().write(to: temporary)
      handle = try FileHandle(forWritingTo: temporary)
    } catch {
      throw .cannotExport(file: target.path, reason: error.localizedDescription)
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: temporary)
  }

  mutating func write(_ fields: [String]) throws(ArchiveError) {
    buffer.append(contentsOf: fields.map(Self.quoted).joined(separator: ",").utf8)
    buffer.append(contentsOf: "\r\n".utf8)
    if buffer.count > 1 << 20 { try flush() }
  }

  /// Puts the file in place; without this call nothing is left of it.
  mutating func close() throws(ArchiveError) {
    try flush()
    do {
      try handle.close()
    } catch {
      throw .cannotExport(file: target.path, reason: error.localizedDescription)
    }
    guard rename(temporary.path, target.path) == 0 else {
      throw .cannotExport(file: target.path, reason: String(cString: strerror(errno)))
    }
  }

  private mutating func flush() throws(ArchiveError) {
    do {
      try handle.write(contentsOf: buffer)
      buffer.removeAll(keepingCapacity: true)
    } catch {
      throw .cannotExport(file: target.path, reason: error.localizedDescription)
    }
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
      return field
    }
    return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
