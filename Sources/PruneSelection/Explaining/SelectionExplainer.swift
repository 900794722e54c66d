package import PruneCore
package import PruneData
import PruneFeatures
package import PrunePredictor
import PruneSession
import PruneSupport
import PruneTraining

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
  /// - Throws: `SelectionError`, ``TrainingError``, ``SelectionError``, engine errors.
  package init(
    _ predictor: any ImportancePredictor, of graph: Graph, masks chosen: MaskSet?, density: Double,
    fit examples: ExampleSet, engine: E, options: PruningOptions
  ) throws {
    let session = try PruningSession(graph, engine: engine)
    let objective = try FineTuner(session: session, fit: examples, options: options).labelObjective
    let selected =
      try chosen
      ?? SelectorChoice(
        .predictor(predictor, name: "explained"), session: session, fit: examples,
        objective: objective, options: options
      ).finalSelector().select(keeping: density).masks
    let extraction = try FeatureExtraction(names: predictor.featureNames)
    let network = try session.state(
      extraction.requiredStatistics, on: examples, limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: objective, seed: options.seed)
    var state = PruningState(network)
    state.select(network.layers.map { selected[$0.parameter] ?? Mask(keepingAll: $0.count) })
    if predictor.readsState {
      let sample = try SelectionSample(
        examples, options: .smallStep, pieceSize: options.batchSize, seed: options.seed,
        teach: SelectionSample.teacher(for: objective, examples: examples, session: session))
      for pass in 0..<Self.passes {
        let runner = MaskedRunner(
          engine: engine, program: try session.program, state: network,
          batches: try sample.batches(pass: pass), objective: objective,
          reestimatesNormalization: session.hasNormalization)
        state.observe(
          maskGradients: try runner.lossAndGradient(softMask: state.softMask).gradients)
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

  /// What set the connections kept apart from those removed, on a sample in which each is equally likely.
  ///
  /// - Parameter layer: the only layer to look at; `nil` for all.
  /// - Returns: largest magnitude first; empty where everything was kept or removed.
  package func influences(inLayer layer: Int? = nil) -> [FeatureInfluence] {
    var generator = SeededGenerator(seed: seed, stream: "explained connections")
    let layers = layer.map { [$0] } ?? Array(masks.indices)
    var means: [[String: Double]] = []
    for isKept in [true, false] {
      let candidates = layers.flatMap { layer in
        masks[layer].kept.indices.lazy.filter { masks[layer].kept[$0] == isKept }
          .map { (layer: layer, connection: $0) }
      }
      guard !candidates.isEmpty else { return [] }
      let drawn = (0..<min(Self.connections, candidates.count)).map { _ in
        candidates[Int(generator.uniform() * Double(candidates.count))]
      }
      var sums: [String: Double] = [:]
      for (layer, members) in Dictionary(grouping: drawn, by: \.layer).sorted(by: {
        $0.key < $1.key
      }) {
        add(contributions(of: members.map(\.connection), inLayer: layer), to: &sums)
      }
      means.append(sums.mapValues { $0 / Double(drawn.count) })
    }
    return predictor.featureNames.map {
      FeatureInfluence(feature: $0, separation: (means[0][$0] ?? 0) - (means[1][$0] ?? 0))
    }.sorted { ($1.separation.magnitude, $0.feature) < ($0.separation.magnitude, $1.feature) }
  }

  private func add(_ parts: [ScoreExplanation.Contribution], to sums: inout [String: Double]) {
    for part in parts { sums[part.feature, default: 0] += part.contribution }
  }

  /// Parts of the scores of some connections of a layer, one after the other.
  private func contributions(
    of connections: [Int], inLayer layer: Int
  ) -> [ScoreExplanation.Contribution] {
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
    return connections.indices.flatMap {
      predictor.explanation(of: $0, inLayer: 0, of: rows, targetDensity: density).contributions
    }
  }

  /// Enough for the fading memory of the saliency to forget its start.
  private static var passes: Int { 6 }
  /// Drawn of either kind.
  private static var connections: Int { 1_000 }
}
