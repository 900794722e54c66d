package import PruneCore
package import PruneData
import PruneFeatures
package import PrunePredictor
import PruneSession
import PruneSupport
import PruneTraining

/// Explains the masks of one network by the features' contributions to its predictor's scores.
///
/// Scores are computed on the network before pruning, since pruned weights are zero afterwards, in the state of a
/// selection with these masks, observed over a few passes.
package struct SelectionExplainer<E: Engine> {
  /// Masks that are explained, per layer.
  package let masks: [Mask]
  package let layers: [PrunableLayer]
  private let predictor: any ImportancePredictor
  private let table: FeatureTable
  /// Score of each weight, `[layers][weights]`.
  private let scores: [[Float]]
  private let density: Double
  private let seed: UInt64

  /// - Parameters:
  ///   - predictor: predictor whose scores explain the masks.
  ///   - graph: network before pruning.
  ///   - chosen: masks to explain; `nil` selects masks at `density`.
  ///   - density: share of weights to keep; unused where `chosen` is given.
  ///   - examples: training part.
  /// - Throws: ``SelectionError``, ``TrainingError``, engine errors.
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
        teacher: SelectionSample.teacher(for: objective, examples: examples, session: session))
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

  /// Contributions of the features to one weight's score.
  ///
  /// - Parameters:
  ///   - weight: position of the weight in the stored tensor.
  ///   - layer: position of the layer.
  package func explanation(of weight: Int, inLayer layer: Int) -> ScoreExplanation {
    predictor.explanation(
      of: weight, inLayer: layer, of: table, targetDensity: density)
  }

  /// Shares of the weights with a lower score, 0 … 1: within the layer, and over all layers.
  package func rank(of weight: Int, inLayer layer: Int) -> (inLayer: Double, overall: Double) {
    let score = scores[layer][weight]
    func share(_ columns: [[Float]]) -> Double {
      let lower = columns.reduce(0) { $0 + $1.count { $0 < score } }
      return Double(lower) / Double(max(1, columns.reduce(0) { $0 + $1.count }))
    }
    return (share([scores[layer]]), share(scores))
  }

  /// Influences of the features on the masks, estimated on kept and pruned weights drawn uniformly.
  ///
  /// - Parameter layer: position of the only layer to draw from; `nil` for all.
  /// - Returns: influences by falling magnitude; empty where every weight is kept or every weight is pruned.
  package func influences(inLayer layer: Int? = nil) -> [FeatureInfluence] {
    var generator = SeededGenerator(seed: seed, stream: "explained connections")
    let layers = layer.map { [$0] } ?? Array(masks.indices)
    var means: [[String: Double]] = []
    for isKept in [true, false] {
      let candidates = layers.flatMap { layer in
        masks[layer].kept.indices.lazy.filter { masks[layer].kept[$0] == isKept }
          .map { (layer: layer, weight: $0) }
      }
      guard !candidates.isEmpty else { return [] }
      let drawn = (0..<min(Self.sampledWeights, candidates.count)).map { _ in
        candidates[Int(generator.uniform() * Double(candidates.count))]
      }
      var sums: [String: Double] = [:]
      for (layer, members) in Dictionary(grouping: drawn, by: \.layer).sorted(by: {
        $0.key < $1.key
      }) {
        add(contributions(of: members.map(\.weight), inLayer: layer), to: &sums)
      }
      means.append(sums.mapValues { $0 / Double(drawn.count) })
    }
    return predictor.featureNames.map {
      FeatureInfluence(feature: $0, separation: (means[0][$0] ?? 0) - (means[1][$0] ?? 0))
    }.sorted { ($1.separation.magnitude, $0.feature) < ($0.separation.magnitude, $1.feature) }
  }

  /// Adds contributions to sums by feature.
  private func add(_ parts: [ScoreExplanation.Contribution], to sums: inout [String: Double]) {
    for part in parts { sums[part.feature, default: 0] += part.contribution }
  }

  /// Contributions to the scores of some weights of a layer, weight by weight.
  private func contributions(
    of weights: [Int], inLayer layer: Int
  ) -> [ScoreExplanation.Contribution] {
    let known = table.layers[layer].layer
    let rows = FeatureTable(
      names: table.names,
      layers: [
        LayerFeatures(
          layer: PrunableLayer(
            name: known.name, kind: known.kind, parameter: known.parameter,
            shape: [1, weights.count],
            layout: WeightLayout(outputs: 1, inputs: weights.count), nodes: known.nodes),
          columns: table.layers[layer].columns.map { column in weights.map { column[$0] } })
      ])
    return weights.indices.flatMap {
      predictor.explanation(of: $0, inLayer: 0, of: rows, targetDensity: density).contributions
    }
  }

  /// Passes that fill the fading memory of the saliency (0.7⁶ ≈ 0.12 of its start is left); chosen by hand.
  private static var passes: Int { 6 }
  /// Largest number of weights drawn among the kept and among the pruned ones; chosen by hand.
  private static var sampledWeights: Int { 1_000 }
}

/// Influence of one feature on masks: the part of the kept weights' higher scores that it accounts for.
public struct FeatureInfluence: Hashable, Sendable, Codable {
  /// Name of the feature in ``FeatureRegistry``.
  public let feature: String
  /// Mean of the feature's contribution to the score θᵀφ(f) over kept weights minus that over pruned weights; all
  /// features' separations add up to that of the score.
  public let separation: Double
}
