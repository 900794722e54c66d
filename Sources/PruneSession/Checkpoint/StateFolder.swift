import Foundation
import PruneCore
import PruneData
import PruneSupport

/// Folder of the network's tensors after each step, one `.npz` file per step and kind, written atomically.
struct StateFolder: Sendable {
  /// Kind of the tensors in a file.
  enum Kind: String, CaseIterable {
    case weights, optimizer, masks
  }

  private let folder: URL

  /// Removes files that an interruption left incomplete.
  ///
  /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
  init(_ folder: URL) throws(CheckpointError) {
    self.folder = folder
    for name in try entries() where name.hasSuffix(".partial") { remove(name) }
  }

  /// Opens a folder that another process may be writing to; removes nothing.
  init(readOnly folder: URL) throws(CheckpointError) {
    self.folder = folder
    _ = try entries()
  }

  /// Writes the tensors of one kind after a step.
  ///
  /// - Throws: ``CheckpointError/unwritable(path:reason:)``; an earlier file of the same name is kept.
  func write(
    _ tensors: [String: HostTensor], _ kind: Kind, step: Int
  ) throws(CheckpointError) {
    var file = NPZFile()
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) { file[name] = tensor }
    let url = url(kind, step: step)
    do {
      try FileContents.write(
        try file.encoded(isCompressed: kind == .masks), to: url, isDurable: true)
    } catch {
      guard case .unwritable(_, let reason) = error else {
        throw .damaged(path: url.path, reason: "\(error)")
      }
      throw .unwritable(path: url.path, reason: reason)
    }
  }

  /// Reads the tensors of one kind after a step, by name.
  ///
  /// - Returns: `nil` where there is no optimizer state.
  /// - Throws: ``CheckpointError/damaged(path:reason:)`` where weights or masks are missing or damaged.
  func tensors(_ kind: Kind, step: Int) throws(CheckpointError) -> [String: HostTensor]? {
    let url = url(kind, step: step)
    if kind == .optimizer, !FileManager.default.fileExists(atPath: url.path) { return nil }
    do {
      let file = try NPZFile(contentsOf: url)
      return Dictionary(
        file.names.compactMap { name in file[name].map { (name, $0) } },
        uniquingKeysWith: { first, _ in first })
    } catch { throw .damaged(path: url.path, reason: "\(error)") }
  }

  /// Error for a file that should exist.
  func missing(_ kind: Kind, step: Int) -> CheckpointError {
    .damaged(path: url(kind, step: step).path, reason: "the file is missing")
  }

  /// Number of the last step with a file of this kind; `nil` for none.
  func latestStep(_ kind: Kind) throws(CheckpointError) -> Int? {
    try entries().compactMap { name in
      let parts = name.split(whereSeparator: { $0 == "-" || $0 == "." })
      guard parts.count == 3, parts[0] == kind.rawValue, parts[2] == "npz" else { return nil }
      return Int(parts[1])
    }.max()
  }

  /// Removes weights and optimizer states that no later step can read. Masks, which are small, are kept.
  ///
  /// - Parameters:
  ///   - current: last step that changed the network; its weights and optimizer state are kept.
  ///   - kept: steps whose weights are kept.
  ///   - whole: steps whose weights and optimizer state are kept.
  func removeUnused(
    current: Int, kept: Set<Int>, whole: Set<Int>
  ) throws(CheckpointError) {
    for name in try entries() {
      let parts = name.split(whereSeparator: { $0 == "-" || $0 == "." })
      guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])), let step = Int(parts[1])
      else { continue }
      let isNeeded =
        step == current || whole.contains(step) || kind == .masks
        || kind == .weights && kept.contains(step)
      if !isNeeded { remove(name) }
    }
  }

  private func url(_ kind: Kind, step: Int) -> URL {
    folder.appendingPathComponent("\(kind.rawValue)-\(step).npz")
  }

  private func entries() throws(CheckpointError) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      throw .unwritable(path: folder.path, reason: "the folder cannot be listed")
    }
  }

  /// Removes a file; one that cannot be removed only takes space, and the next step tries again.
  private func remove(_ name: String) {
    unlink(folder.appendingPathComponent(name).path)
  }
}

/// Reference to the network's weights on disk after a recorded step.
///
/// The file is kept for as long as the object lives; see ``StateFolder/removeUnused(current:kept:whole:)``.
final class SavedState: Sendable {
  /// Number of the step that saved the weights.
  let step: Int
  private let folder: StateFolder

  init(step: Int, folder: StateFolder) {
    self.step = step
    self.folder = folder
  }

  /// Tensors by value name.
  func parameters() throws -> [String: HostTensor] {
    try folder.tensors(.weights, step: step) ?? [:]
  }

  /// Optimizer state by name; empty where there was none.
  ///
  /// - Parameter isExpected: `true` where the journal records one; a missing file is then an error.
  func optimizerState(isExpected: Bool) throws -> [String: HostTensor] {
    if let tensors = try folder.tensors(.optimizer, step: step) { return tensors }
    guard !isExpected else { throw folder.missing(.optimizer, step: step) }
    return [:]
  }
}

/// Lock of a folder for one process; the system releases it when the process ends, however it ends.
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

  /// Identifier of the process that holds the lock, as text; empty where it is unknown.
  private static func text(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
