package import PruneCore
package import PruneData
import PruneFeatures
package import PrunePredictor

/// Explains the masks of one network by the parts of its predictor's scores.
///
/// Scores are of the network before pruning, since weights that went have no magnitude left, in the state of a selection
/// that holds the masks, observed over a few passes.
package struct SelectionExplainer<E: Engine> {
  package let masks: [Mask]
  package let layers: [PrunableLayer]
  private let predictor: any ImportancePredictor
  private let table: FeatureTable
  private let scores: [[Float]]
  private let density: Double
  private let seed: UInt64

  /// - Parameters:
  ///   - graph: the network before pruning.
  ///   - chosen: masks to explain; `nil` selects at `density`.
  ///   - density: share of connections to keep; that of `chosen` where it is given.
  ///   - examples: the fit part.
  /// - Throws: `SelectionError`, ``ControllerError``, engine errors.
  package init(
    _ predictor: any ImportancePredictor, of graph: Graph, masks chosen: MaskSet?, density: Double,
    fit examples: ExampleSet, engine: E, options: PruningOptions
  ) throws {
    let session = try PruningSession(graph, engine: engine)
    let objective = try FineTuner(session: session, fit: examples, options: options).labelObjective
    let selected =
      try chosen
      ?? MaskSelector(
        .predictor(predictor, name: "explained"), session: session, fit: examples,
        objective: objective, options: options
      ).select(keeping: density).masks
    let extraction = try FeatureExtraction(names: predictor.featureNames)
    let network = try session.state(
      extraction.requiredStatistics, on: examples, limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: objective, seed: options.seed)
    var state = PruningState(network)
    state.select(network.layers.map { selected[$0.parameter] ?? Mask(keepingAll: $0.count) })
    if predictor.readsState {
      let sample = try SelectionSample(
        examples, options: .smallStep, pieceSize: options.batchSize, seed: options.seed,
        teach: MaskSelector<E>.teacher(for: objective, examples: examples, session: session))
      for pass in 0..<Self.passes {
        let runner = MaskedRunner(
          engine: engine, program: try session.program, state: network,
          batches: try sample.batches(pass: pass), objective: objective,
          reestimatesNormalization: session.hasNormalization)
        state.observe(
          degreeGradients: try runner.lossAndGradient(degrees: state.degrees).gradients)
      }
    }
    self.predictor = predictor
    self.density = chosen.map { 1 - $0.sparsity } ?? density
    seed = options.seed
    masks = state.masks
    layers = network.layers
    table = StateExtraction(extraction, of: network).table(of: state)
    scores = predictor.scores(for: table, targetDensity: self.density)
  }

  /// Parts of one connection's score.
  ///
  /// - Parameter connection: position in the stored tensor.
  package func explanation(of connection: Int, inLayer layer: Int) -> ScoreExplanation {
    predictor.explanation(
      of: connection, inLayer: layer, of: table, targetDensity: density)
  }

  /// Share of the connections with a lower score: of the layer, and of the network.
  package func rank(of connection: Int, inLayer layer: Int) -> (inLayer: Double, overall: Double) {
    let score = scores[layer][connection]
    func share(_ columns: [[Float]]) -> Double {
      let lower = columns.reduce(0) { $0 + $1.count { $0 < score } }
      return Double(lower) / Double(max(1, columns.reduce(0) { $0 + $1.count }))
    }
    return (share([scores[layer]]), share(scores))
  }

  /// What set the connections kept in one layer apart from those removed: per feature, the mean part of the score of the
  /// former less that of the latter, on a sample. Empty where the layer kept or lost everything.
  ///
  /// - Returns: largest magnitude first.
  package func separations(inLayer layer: Int) -> [(feature: String, separation: Double)] {
    var generator = SeededGenerator(seed: seed, stream: "explained connections")
    let kept = masks[layer].kept
    let parts = [true, false].map { isKept in
      let members = kept.indices.filter { kept[$0] == isKept }
      return meanContributions(
        (0..<min(Self.connections, members.count)).map { _ in
          members[Int(generator.uniform() * Double(members.count))]
        }, inLayer: layer)
    }
    guard let stayed = parts[0], let went = parts[1] else { return [] }
    return predictor.featureNames.map {
      (feature: $0, separation: (stayed[$0] ?? 0) - (went[$0] ?? 0))
    }.sorted { ($1.separation.magnitude, $0.feature) < ($0.separation.magnitude, $1.feature) }
  }

  /// `nil` for no connection.
  private func meanContributions(_ connections: [Int], inLayer layer: Int) -> [String: Double]? {
    guard !connections.isEmpty else { return nil }
    let known = table.layers[layer].layer
    let rows = FeatureTable(
      names: table.names,
      layers: [
        LayerFeatures(
          layer: PrunableLayer(
            name: known.name, kind: known.kind, parameter: known.parameter,
            shape: [1, connections.count],
            layout: WeightLayout(outputs: 1, inputs: connections.count), nodes: known.nodes),
          columns: table.layers[layer].columns.map { column in connections.map { column[$0] } })
      ])
    var sums: [String: Double] = [:]
    for row in connections.indices {
      let parts = predictor.explanation(of: row, inLayer: 0, of: rows, targetDensity: density)
      for part in parts.contributions { sums[part.feature, default: 0] += part.contribution }
    }
    return sums.mapValues { $0 / Double(connections.count) }
  }

  /// Enough for the fading memory of the saliency to forget its start.
  private static var passes: Int { 6 }
  /// Drawn of either kind.
  private static var connections: Int { 400 }
}
