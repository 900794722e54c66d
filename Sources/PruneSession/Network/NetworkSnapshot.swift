package import PruneCore

/// Everything that a step of a run can change in a network, to roll back to.
package struct NetworkSnapshot: Sendable {
  /// Masks that hold.
  package let masks: MaskSet
  let weights: Weights
  let savedMasks: SavedMasks?
  /// Whether training goes on with the optimizer's moments of the steps before.
  var keepsOptimizerState = false
  /// Whether there are such moments.
  var hasOptimizerState = false

  /// Where the weights are.
  enum Weights: Sendable {
    case inMemory([String: HostTensor])
    case onDisk(SavedState)
  }

  /// Masks on disk, by the step that made them.
  struct SavedMasks: Sendable {
    let step: Int
    let masks: MaskSet
  }
}

extension MaskSet {
  /// One `[connections]` array of truth values per masked tensor.
  var tensors: [String: HostTensor] {
    masks.mapValues { HostTensor(shape: [$0.kept.count], storage: .bool($0.kept)) }
  }

  init(_ tensors: [String: HostTensor]) {
    self.init(
      tensors.compactMapValues { tensor in
        if case .bool(let kept) = tensor.storage { Mask(kept) } else { nil }
      })
  }
}
