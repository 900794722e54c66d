package import PruneCore
package import PruneData
package import PruneFeatures
import PruneSupport

extension PruningSession {
  /// Current weights and masks with statistics over drawn examples, for features and criteria.
  ///
  /// - Parameters:
  ///   - limit: largest number of examples, drawn by `seed`.
  ///   - batchSize: examples per engine call.
  ///   - objective: loss of the gradient statistics.
  ///   - readsOptimizer: `true` adds the optimizer's second moments.
  package func state(
    _ kinds: StatisticKinds, on examples: ExampleSet, limit: Int, batchSize: Int,
    objective: Objective, seed: UInt64, readsOptimizer: Bool = false
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
    if readsOptimizer {
      let moments = try engine.optimizerState(of: program)
      for (position, layer) in layers.enumerated() {
        statistics[position].secondMoment = moments["second/" + layer.parameter]?.floats ?? []
      }
    }
    var state = NetworkState(
      graph: graph, layers: layers, parameters: parameters, masks: masks, statistics: statistics)
    state.weightCosts = weightCosts
    state.costExponent = costExponent
    return state
  }

  /// Batches of up to `limit` examples drawn by seed; the same examples for the same seed.
  package func calibrationBatches(
    from examples: ExampleSet, limit: Int, batchSize: Int, seed: UInt64
  ) -> [Batch] {
    var generator = SeededGenerator(seed: seed, stream: "calibration")
    let chosen = (0..<examples.count).shuffled(by: &generator).prefix(limit)
    return stride(from: 0, to: chosen.count, by: batchSize).map {
      examples.batch(Array(chosen[$0..<min(chosen.count, $0 + batchSize)]))
    }
  }

  /// Replaces batch-norm statistics by those of the current network over calibration examples.
  package func reestimateNormalization(on examples: ExampleSet, options: PruningOptions) throws {
    let batches = calibrationBatches(
      from: examples, limit: options.calibrationExamples, batchSize: options.batchSize,
      seed: options.seed)
    try engine.reestimateNormalization(of: program, on: batches.map(\.inputs))
  }

  /// Shape of each value of the graph for a batch of one example, by value name.
  package func exampleShapes(from examples: ExampleSet) throws -> [String: [Int]] {
    try engine.shapes(of: program, on: examples.batch(0..<1).inputs)
  }

  /// Graph with the current weights.
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
