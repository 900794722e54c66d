import Foundation
import PruneSupport

/// Holds a folder for one process; the system lets go of it when the process ends, however it ends.
final class FolderLock {
  private let descriptor: Int32

  /// - Throws: ``CheckpointError/inUse(folder:process:)``, ``CheckpointError/unwritable(path:reason:)``.
  init(_ folder: URL) throws(CheckpointError) {
    let path = folder.appendingPathComponent("lock").path
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: SystemMessage.last()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      let reason = SystemMessage.last()
      let holder = Self.text(of: descriptor)
      close(descriptor)
      guard isTaken else { throw .unwritable(path: path, reason: reason) }
      throw .inUse(
        folder: folder.path, process: holder.isEmpty ? "another process" : "process \(holder)")
    }
    let name = Array("\(getpid())".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, name, name.count, 0) == name.count
    else {
      let reason = SystemMessage.last()
      close(descriptor)
      throw .unwritable(path: path, reason: reason)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func text(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
