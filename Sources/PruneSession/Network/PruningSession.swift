package import PruneCore

/// One network under work: its program, its prunable layers and the masks that hold now.
///
/// With a journal, whatever changes the network goes through ``change(_:_:_:)``.
package final class PruningSession<E: Engine> {
  package let engine: E
  package let graph: Graph
  package let layers: [PrunableLayer]
  package let journal: RunJournal?
  package internal(set) var masks = MaskSet()

  /// Cost of one weight of each layer; `nil` where all cost the same.
  package var weightCosts: [Double]?
  /// Exponent of the costs when scores are weighed against them; see `NetworkState.costExponent`.
  package var costExponent = 1.0

  /// The program, which may lag behind ``pending``.
  let loaded: E.Program
  /// State that the program has still to be brought to; `nil` where it is there.
  var pending: NetworkSnapshot?
  /// The network's weights on disk; `nil` where they are not there.
  var savedWeights: SavedState?
  /// The step whose masks on disk are the network's.
  var savedMasks: NetworkSnapshot.SavedMasks?
  /// Whether a step of the journal is under way.
  package internal(set) var isWithinStep = false

  /// - Parameter journal: of the run that the session belongs to.
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

  package var hasNormalization: Bool {
    graph.nodes.contains { $0.operation == "BatchNormalization" }
  }

  /// The network as it is now, ready to run.
  ///
  /// - Throws: ``CheckpointError/damaged(path:reason:)`` where its weights are to come from disk, and engine errors.
  package var program: E.Program {
    get throws {
      try load()
      if !isWithinStep, let savedWeights {
        // Whoever asks may change the network unrecorded, and will do so again in a resumed run.
        journal?.pin(savedWeights)
        self.savedWeights = nil
      }
      return loaded
    }
  }

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

  /// Goes back to a snapshot; the optimizer forgets its state.
  package func restore(_ snapshot: NetworkSnapshot) throws {
    pending = snapshot
    masks = snapshot.masks
    savedMasks = snapshot.savedMasks
    savedWeights = nil
    if case .onDisk(let state) = snapshot.weights { savedWeights = state }
  }

  /// Zeroes the removed weights and holds them at zero.
  package func apply(_ masks: MaskSet) throws {
    try engine.setMasks(masks.byParameter, of: try program)
    if masks != self.masks { savedMasks = nil }
    self.masks = masks
  }

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
