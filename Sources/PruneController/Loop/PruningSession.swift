package import PruneCore
package import PruneData
package import PruneFeatures
import PruneSurgery

/// One network under work: its program, its prunable layers and the masks that hold now.
///
/// With a journal, whatever changes the network goes through ``change(_:_:_:)``.
package final class PruningSession<E: Engine> {
  package let engine: E
  package let graph: Graph
  package let layers: [PrunableLayer]
  package let journal: RunJournal?
  package private(set) var masks = MaskSet()

  /// What one connection of each layer costs; `nil` where all cost the same.
  var connectionCosts: [Double]?
  /// See `NetworkState.costExponent`.
  var costExponent = 1.0

  private let loaded: E.Program
  private var latencyModel: LatencyModel?
  /// What the network is to be, where the program has not been brought to it yet.
  private var pending: Snapshot?
  /// The network's weights on disk; `nil` where they are not there.
  private var savedWeights: SavedState?
  /// The step whose masks on disk are the network's.
  private(set) var savedMasks: SavedMasks?
  private(set) var isWithinStep = false

  /// Everything that a step can change, to step back to.
  package struct Snapshot: Sendable {
    package let masks: MaskSet
    fileprivate let weights: Weights
    fileprivate let savedMasks: SavedMasks?
    /// Whether training goes on with the moments of the steps before.
    fileprivate var keepsOptimizerState = false
    /// Whether there are such moments.
    fileprivate var hasOptimizerState = false
  }

  fileprivate enum Weights: Sendable {
    case inMemory([String: HostTensor])
    case onDisk(SavedState)
  }

  /// Masks on disk, by the step that made them.
  struct SavedMasks: Sendable {
    let step: Int
    let masks: MaskSet
  }

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

  /// Fitted once, so that one run compares costs by one model.
  func latencyModel(
    of analysis: CouplingAnalysis, on inputs: [HostTensor]
  ) throws -> LatencyModel {
    if let latencyModel { return latencyModel }
    let model = try LatencyModel(
      fitting: graph, analysis: analysis, engine: engine, inputs: inputs)
    latencyModel = model
    return model
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

  package func snapshot() throws -> Snapshot {
    if var pending {
      pending.keepsOptimizerState = false
      return pending
    }
    return Snapshot(
      masks: masks,
      weights: try savedWeights.map { .onDisk($0) }
        ?? .inMemory(try engine.parameters(of: loaded)), savedMasks: savedMasks)
  }

  /// Goes back to a snapshot; the optimizer forgets its state.
  package func restore(_ snapshot: Snapshot) throws {
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

  private func load() throws {
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

  /// Current weights with statistics over examples drawn by seed, for features and criteria.
  package func state(
    _ kinds: StatisticKinds, on examples: ExampleSet, limit: Int, batchSize: Int,
    objective: Objective, seed: UInt64
  ) throws -> NetworkState {
    let parameters = try engine.parameters(of: program)
    var statistics = [LayerStatistics](repeating: LayerStatistics(), count: layers.count)
    if !kinds.isEmpty {
      for batch in calibrationBatches(
        from: examples, limit: limit, batchSize: batchSize, seed: seed)
      {
        try engine.accumulate(
          kinds, for: layers, of: program, on: batch, objective: objective, into: &statistics)
      }
    }
    var state = NetworkState(
      graph: graph, layers: layers, parameters: parameters, masks: masks, statistics: statistics)
    state.connectionCosts = connectionCosts
    state.costExponent = costExponent
    return state
  }

  package func calibrationBatches(
    from examples: ExampleSet, limit: Int, batchSize: Int, seed: UInt64
  ) -> [Batch] {
    var generator = SeededGenerator(seed: seed, stream: "calibration")
    let chosen = (0..<examples.count).shuffled(using: &generator).prefix(limit)
    return stride(from: 0, to: chosen.count, by: batchSize).map {
      examples.batch(Array(chosen[$0..<min(chosen.count, $0 + batchSize)]))
    }
  }

  /// Replaces batch-norm statistics by those of the network as it is now.
  package func reestimateNormalization(on examples: ExampleSet, options: PruningOptions) throws {
    let batches = calibrationBatches(
      from: examples, limit: options.calibrationExamples, batchSize: options.batchSize,
      seed: options.seed)
    try engine.reestimateNormalization(of: program, on: batches.map(\.inputs))
  }

  /// Shapes of all values for a batch of one, for costs.
  package func exampleShapes(from examples: ExampleSet) throws -> [String: [Int]] {
    try engine.shapes(of: program, on: examples.batch(0..<1).inputs)
  }

  /// The graph with the current parameters in place.
  package func currentGraph() throws -> Graph {
    var result = graph
    let stored = result.parameters()
    let current = try engine.parameters(of: program)
    let changed = current.filter { name, tensor in
      guard let before = stored[name] else { return false }
      return before.floats != tensor.floats
    }
    try result.setParameters(changed)
    return result
  }

  // MARK: Steps

  func within<Value>(changesNetwork: Bool, _ body: () throws -> Value) throws -> Value {
    if changesNetwork {
      try load()
      savedWeights = nil
    }
    isWithinStep = true
    defer { isWithinStep = false }
    return try body()
  }

  /// Writes what a step left of the network.
  ///
  /// - Returns: whether the optimizer has a state.
  func save(as step: Int, in journal: RunJournal) throws -> Bool {
    try load()
    try journal.states.write(try engine.parameters(of: loaded), .weights, step: step)
    let optimizerState = try engine.optimizerState(of: loaded)
    if !optimizerState.isEmpty {
      try journal.states.write(optimizerState, .optimizer, step: step)
    }
    if savedMasks?.masks != masks, masks.count > 0 {
      try journal.states.write(masks.tensors, .masks, step: step)
    }
    if savedMasks?.masks != masks {
      savedMasks = masks.count > 0 ? SavedMasks(step: step, masks: masks) : nil
    }
    savedWeights = journal.state(of: step)
    return !optimizerState.isEmpty
  }

  /// Takes the network to where a recorded step left it; its weights are read when they are needed.
  func resume(after entry: JournalEntry, in journal: RunJournal) throws {
    if let step = entry.masks, savedMasks?.step != step {
      masks = MaskSet(try journal.states.tensors(.masks, step: step) ?? [:])
      savedMasks = SavedMasks(step: step, masks: masks)
    } else if let savedMasks, entry.masks != nil {
      masks = savedMasks.masks
    } else {
      (masks, savedMasks) = (MaskSet(), nil)
    }
    let state = journal.state(of: entry.number)
    savedWeights = state
    pending = Snapshot(
      masks: masks, weights: .onDisk(state), savedMasks: savedMasks, keepsOptimizerState: true,
      hasOptimizerState: entry.hasOptimizerState ?? false)
  }
}

extension MaskSet {
  /// One `[connections]` array of truth values per masked tensor.
  fileprivate var tensors: [String: HostTensor] {
    masks.mapValues { HostTensor(shape: [$0.kept.count], storage: .bool($0.kept)) }
  }

  init(_ tensors: [String: HostTensor]) {
    self.init(
      tensors.compactMapValues { tensor in
        if case .bool(let kept) = tensor.storage { Mask(kept) } else { nil }
      })
  }
}
