package import PruneCore

/// Network that is being pruned: its program, prunable layers and current masks.
///
/// With a journal, all changes of the network go through ``change(_:_:_:)``.
package final class PruningSession<E: Engine> {
  package let engine: E
  /// Network before pruning.
  package let graph: Graph
  package let layers: [PrunableLayer]
  /// Journal of the run; `nil` where nothing is recorded.
  package let journal: RunJournal?
  /// Current masks.
  package internal(set) var masks = MaskSet()

  /// Cost of one weight of each layer; `nil` where all cost the same.
  package var weightCosts: [Double]?
  /// Exponent of a weight's cost beside its score; see `NetworkState.costExponent`.
  package var costExponent = 1.0

  /// Program; its tensors are out of date while there is a ``pending`` state.
  let loaded: E.Program
  /// State that the program must still be brought to; `nil` where it is up to date.
  var pending: NetworkSnapshot?
  /// Current weights on disk; `nil` where they are not saved.
  var savedWeights: SavedState?
  /// Current masks on disk, with the step that saved them; `nil` where they are not saved.
  var savedMasks: NetworkSnapshot.SavedMasks?
  /// `true` while a step is running.
  package internal(set) var isWithinStep = false

  /// - Parameter journal: journal of the run; `nil` records nothing.
  /// - Throws: ``GraphError/nothingPrunable(operations:)`` and engine errors.
  package init(_ graph: Graph, engine: E, journal: RunJournal? = nil) throws {
    self.engine = engine
    self.graph = graph
    self.journal = journal
    layers = graph.prunableLayers()
    guard !layers.isEmpty else {
      throw GraphError.nothingPrunable(operations: Set(graph.nodes.map(\.operation)).sorted())
    }
    loaded = try engine.prepare(graph)
  }

  /// `true` where the graph has batch normalisation.
  package var hasNormalization: Bool {
    graph.nodes.contains { $0.operation == "BatchNormalization" }
  }

  /// Program with the current weights and masks.
  ///
  /// - Throws: ``CheckpointError/damaged(path:reason:)`` where the weights cannot be read from disk, and engine errors.
  package var program: E.Program {
    get throws {
      try load()
      if !isWithinStep, let savedWeights {
        // The caller may change the network unrecorded, and does so again in a resumed run.
        journal?.pin(savedWeights)
        self.savedWeights = nil
      }
      return loaded
    }
  }

  /// Current weights and masks, to roll back to.
  package func snapshot() throws -> NetworkSnapshot {
    if var pending {
      pending.keepsOptimizerState = false
      return pending
    }
    return NetworkSnapshot(
      masks: masks,
      weights: try savedWeights.map { .onDisk($0) }
        ?? .inMemory(try engine.parameters(of: loaded)), savedMasks: savedMasks)
  }

  /// Rolls back to a snapshot; the optimizer state is reset.
  package func restore(_ snapshot: NetworkSnapshot) throws {
    pending = snapshot
    masks = snapshot.masks
    savedMasks = snapshot.savedMasks
    savedWeights = nil
    if case .onDisk(let state) = snapshot.weights { savedWeights = state }
  }

  /// Zeroes the pruned weights and holds them at zero.
  package func apply(_ masks: MaskSet) throws {
    try engine.setMasks(masks.byParameter, of: try program)
    if masks != self.masks { savedMasks = nil }
    self.masks = masks
  }

  /// Brings the program to the ``pending`` state.
  func load() throws {
    guard let snapshot = pending else { return }
    let parameters: [String: HostTensor]
    var optimizerState: [String: HostTensor] = [:]
    switch snapshot.weights {
    case .inMemory(let tensors): parameters = tensors
    case .onDisk(let state):
      parameters = try state.parameters()
      if snapshot.keepsOptimizerState {
        optimizerState = try state.optimizerState(isExpected: snapshot.hasOptimizerState)
      }
    }
    try engine.setMasks([:], of: loaded)
    try engine.setParameters(parameters, of: loaded)
    try engine.setMasks(snapshot.masks.byParameter, of: loaded)
    try engine.setOptimizerState(optimizerState, of: loaded)
    pending = nil
  }
}

/// State of a network that a step can change, to roll back to.
package struct NetworkSnapshot: Sendable {
  /// Masks of the network.
  package let masks: MaskSet
  let weights: Weights
  /// Copy of the masks on disk; `nil` where they are not saved.
  let savedMasks: SavedMasks?
  /// `true` restores the optimizer state as well; `false` resets it.
  var keepsOptimizerState = false
  /// `true` where there is an optimizer state on disk.
  var hasOptimizerState = false

  /// Location of the weights.
  enum Weights: Sendable {
    case inMemory([String: HostTensor])
    case onDisk(SavedState)
  }

  /// Masks on disk, with the step that saved them.
  struct SavedMasks: Sendable {
    let step: Int
    let masks: MaskSet
  }
}

extension MaskSet {
  /// Masks as Boolean tensors `[weights]`, by parameter name.
  var tensors: [String: HostTensor] {
    masks.mapValues { HostTensor(shape: [$0.kept.count], storage: .bool($0.kept)) }
  }

  /// Masks from ``tensors``; entries of other types are left out.
  init(_ tensors: [String: HostTensor]) {
    self.init(
      tensors.compactMapValues { tensor in
        if case .bool(let kept) = tensor.storage { Mask(kept) } else { nil }
      })
  }
}
