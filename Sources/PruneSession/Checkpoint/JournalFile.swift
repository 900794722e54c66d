import Foundation
import PruneData
import PruneSupport

/// Append-only file of lines, each with its CRC-32 checksum and synced to disk before the next one.
///
/// An incomplete last line is dropped when the file is opened; damage before it is an error.
final class JournalFile {
  private let path: String
  private let descriptor: Int32
  private var length: Int

  /// Opens a file, or creates it if absent.
  ///
  /// - Parameter lines: receives the lines that the file holds, in order, without checksums.
  /// - Throws: ``CheckpointError``.
  init(_ url: URL, lines: inout [Data]) throws(CheckpointError) {
    path = url.path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: SystemMessage.last()) }
    do throws(CheckpointError) {
      (lines, length) = try Self.parse(try Self.contents(of: url), path: url.path)
      guard ftruncate(descriptor, off_t(length)) == 0 else {
        throw .unwritable(path: url.path, reason: SystemMessage.last())
      }
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Appends one line and syncs it to disk.
  ///
  /// - Throws: ``CheckpointError/unwritable(path:reason:)``; the earlier lines are intact.
  func append(_ line: Data) throws(CheckpointError) {
    let text = Array("\(Self.checksum(line)) ".utf8) + line + [Self.newline]
    var written = 0
    while written < text.count {
      let count = text.withUnsafeBytes {
        pwrite(
          descriptor, $0.baseAddress?.advanced(by: written), text.count - written,
          off_t(length + written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw revertedAppend() }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw revertedAppend() }
    length += text.count
  }

  /// Cuts off an incomplete line and returns the error to throw.
  private func revertedAppend() -> CheckpointError {
    let reason = SystemMessage.last()
    // A tail that cannot be cut off now is dropped when the file is opened.
    _ = ftruncate(descriptor, off_t(length))
    return .unwritable(path: path, reason: reason)
  }

  private static func contents(of url: URL) throws(CheckpointError) -> [UInt8] {
    do { return try FileContents.read(url) } catch {
      throw .damaged(path: url.path, reason: "\(error)")
    }
  }

  /// Lines with a correct checksum, and the length of the file up to the last of them, in bytes.
  private static func parse(
    _ bytes: [UInt8], path: String
  ) throws(CheckpointError) -> (lines: [Data], length: Int) {
    var lines: [Data] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: newline) {
      let line = bytes[start..<end]
      let body = Data(line.dropFirst(9))
      guard line.count >= 9, String(decoding: line.prefix(8), as: UTF8.self) == checksum(body)
      else {
        guard end == bytes.count - 1 else {
          throw .damaged(path: path, reason: "the checksum of line \(lines.count + 1) differs")
        }
        return (lines, start)
      }
      lines.append(body)
      start = end + 1
    }
    return (lines, start)
  }

  /// CRC-32 as 8 hexadecimal digits.
  private static func checksum(_ line: Data) -> String {
    let digits = String(line.withUnsafeBytes { CRC32.checksum($0) }, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static var newline: UInt8 { 0x0A }
}
