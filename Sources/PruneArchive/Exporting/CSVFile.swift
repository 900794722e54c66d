import Foundation
import PruneSupport

/// A comma-separated file (RFC 4180), written under a temporary name and then renamed.
struct CSVFile: ~Copyable {
  private static let bufferBytes = 1 << 20

  private var file: AtomicFile
  private var buffer: [UInt8] = []

  /// - Throws: ``ArchiveError/cannotExport(file:reason:)``.
  init(at target: URL) throws(ArchiveError) {
    do { file = try AtomicFile(path: target.path) } catch { throw ArchiveError(error) }
  }

  /// Appends a row.
  mutating func write(_ fields: [String]) throws(ArchiveError) {
    buffer.append(contentsOf: fields.map(Self.quoted).joined(separator: ",").utf8)
    buffer.append(contentsOf: "\r\n".utf8)
    if buffer.count > Self.bufferBytes { try flush() }
  }

  /// Puts the file in place; without this call nothing is left of it.
  mutating func close() throws(ArchiveError) {
    try flush()
    do throws(FileError) {
      try file.finish(isDurable: false)
      try file.commit()
    } catch { throw ArchiveError(error) }
  }

  private mutating func flush() throws(ArchiveError) {
    let bytes = buffer
    do throws(FileError) {
      try bytes.withUnsafeBufferPointer { pointer throws(FileError) in
        try file.write(UnsafeRawBufferPointer(pointer))
      }
    } catch { throw ArchiveError(error) }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
      return field
    }
    return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}

extension ArchiveError {
  fileprivate init(_ error: FileError) {
    self = .cannotExport(file: error.path, reason: error.reason)
  }
}
