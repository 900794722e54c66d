import Foundation
import PruneCore

/// Weights of the network on disk, made by a recorded step.
///
/// The file stays for as long as a value refers to it; see ``StateFolder/removeUnused(except:)``.
final class SavedState: Sendable {
  /// Of the step that made it.
  let step: Int
  private let folder: StateFolder

  init(step: Int, folder: StateFolder) {
    self.step = step
    self.folder = folder
  }

  func parameters() throws -> [String: HostTensor] {
    try folder.tensors(.weights, step: step) ?? [:]
  }

  /// Empty where the step left none.
  ///
  /// - Parameter isExpected: whether the journal says that there is one.
  func optimizerState(isExpected: Bool) throws -> [String: HostTensor] {
    if let tensors = try folder.tensors(.optimizer, step: step) { return tensors }
    guard !isExpected else { throw folder.missing(.optimizer, step: step) }
    return [:]
  }
}
