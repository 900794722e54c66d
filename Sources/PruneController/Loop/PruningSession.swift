package import PruneCore
package import PruneData
package import PruneFeatures

/// One network under work: its program, its prunable layers and the masks that hold now.
package final class PruningSession<E: Engine> {
  package let engine: E
  package let graph: Graph
  package let program: E.Program
  package let layers: [PrunableLayer]
  package private(set) var masks = MaskSet()

  /// Everything that a step can change, to step back to.
  package struct Snapshot: Sendable {
    package let parameters: [String: HostTensor]
    package let masks: MaskSet
  }

  /// - Throws: ``GraphError/nothingPrunable(operations:)`` and engine errors.
  package init(_ graph: Graph, engine: E) throws {
    self.engine = engine
    self.graph = graph
    layers = graph.prunableLayers()
    guard !layers.isEmpty else {
      throw GraphError.nothingPrunable(operations: Set(graph.nodes.map(\.operation)).sorted())
    }
    program = try engine.prepare(graph)
  }

  package var hasNormalization: Bool {
    graph.nodes.contains { $0.operation == "BatchNormalization" }
  }

  package func snapshot() throws -> Snapshot {
    Snapshot(parameters: try engine.parameters(of: program), masks: masks)
  }

  package func restore(_ snapshot: Snapshot) throws {
    try engine.setMasks([:], of: program)
    try engine.setParameters(snapshot.parameters, of: program)
    try apply(snapshot.masks)
    try engine.setOptimizerState([:], of: program)
  }

  /// Zeroes the removed weights and holds them at zero.
  package func apply(_ masks: MaskSet) throws {
    try engine.setMasks(masks.byParameter, of: program)
    self.masks = masks
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
    return NetworkState(
      graph: graph, layers: layers, parameters: parameters, masks: masks, statistics: statistics)
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
}
