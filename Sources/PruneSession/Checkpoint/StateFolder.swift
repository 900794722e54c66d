import Foundation
import PruneCore
import PruneData

/// The tensors that steps left, one `.npz` file per step and kind, written whole or not at all.
struct StateFolder: Sendable {
  enum Kind: String, CaseIterable {
    case weights, optimizer, masks
  }

  private let folder: URL

  /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
  init(_ folder: URL) throws(CheckpointError) {
    self.folder = folder
    for name in try entries() where name.hasSuffix(".partial") { remove(name) }
  }

  /// For a look at a folder that another process may be writing to.
  init(readOnly folder: URL) throws(CheckpointError) {
    self.folder = folder
    _ = try entries()
  }

  /// - Throws: ``CheckpointError/unwritable(path:reason:)``; a file that was there before stays.
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

  /// - Returns: `nil` where the step left no optimizer state.
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

  func missing(_ kind: Kind, step: Int) -> CheckpointError {
    .damaged(path: url(kind, step: step).path, reason: "the file is missing")
  }

  /// The last step that left a file of this kind.
  func latestStep(_ kind: Kind) throws(CheckpointError) -> Int? {
    try entries().compactMap { name in
      let parts = name.split(whereSeparator: { $0 == "-" || $0 == "." })
      guard parts.count == 3, parts[0] == kind.rawValue, parts[2] == "npz" else { return nil }
      return Int(parts[1])
    }.max()
  }

  /// Removes weights and optimizer states that no step to come can ask for. Masks, which are small, stay.
  ///
  /// - Parameters:
  ///   - current: the step that left the network as it is now; the only one whose optimizer state is kept.
  ///   - kept: steps whose weights are referred to.
  ///   - whole: steps whose weights and optimizer state are to stay.
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

  /// A file that cannot be removed costs space and nothing else; the next step tries again.
  private func remove(_ name: String) {
    unlink(folder.appendingPathComponent(name).path)
  }
}
