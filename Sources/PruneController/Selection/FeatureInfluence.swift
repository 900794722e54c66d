package import PruneCore
package import PruneData
import PruneFeatures
package import PrunePredictor

/// How far one feature set the connections that stayed apart from those that went.
public struct FeatureInfluence: Hashable, Sendable, Codable {
  /// Name in ``FeatureRegistry``.
  public let feature: String
  /// Mean of the feature's part of the score θᵀφ(f) over connections kept, less that over connections removed. The
  /// separations of all features add up to that of the score.
  public let separation: Double
}

/// Explains a selection by the parts of its scores, on a sample of connections.
///
/// Scores are those of the network before pruning at the sparsity of the masks: weights that went have no magnitude left
/// in the pruned network. The state of the selection is that of the masks, observed over a few passes.
package struct InfluenceAnalysis<E: Engine> {
  private let engine: E
  private let predictor: any ImportancePredictor
  private let options: PruningOptions

  package init(engine: E, predictor: any ImportancePredictor, options: PruningOptions) {
    self.engine = engine
    self.predictor = predictor
    self.options = options
  }

  /// - Parameters:
  ///   - graph: the network before pruning.
  ///   - masks: what was kept of it.
  ///   - examples: the fit part.
  /// - Returns: largest magnitude first; empty where nothing was removed or nothing kept.
  package func influences(
    on masks: MaskSet, of graph: Graph, fit examples: ExampleSet
  ) throws -> [FeatureInfluence] {
    let session = try PruningSession(graph, engine: engine)
    let objective = try FineTuner(session: session, fit: examples, options: options).labelObjective
    let extraction = try FeatureExtraction(names: predictor.featureNames)
    let state = try session.state(
      extraction.requiredStatistics, on: examples, limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: objective, seed: options.seed)
    var pruning = PruningState(state)
    pruning.select(state.layers.map { masks[$0.parameter] ?? Mask(keepingAll: $0.count) })
    if predictor.readsState {
      let sample = try SelectionSample(
        examples, options: .smallStep, pieceSize: options.batchSize, seed: options.seed,
        teach: MaskSelector<E>.teacher(for: objective, examples: examples, session: session))
      for pass in 0..<Self.passes {
        let runner = MaskedRunner(
          engine: engine, program: try session.program, state: state,
          batches: try sample.batches(pass: pass), objective: objective)
        pruning.observe(
          degreeGradients: try runner.lossAndGradient(degrees: pruning.degrees).gradients)
      }
    }
    let table = StateExtraction(extraction, of: state).table(of: pruning)
    return separations(in: table, masks: pruning.masks, density: 1 - masks.sparsity)
  }

  private func separations(
    in table: FeatureTable, masks: [Mask], density: Double
  ) -> [FeatureInfluence] {
    var generator = SeededGenerator(seed: options.seed, stream: "influences")
    var means: [[String: Double]] = []
    for isKept in [true, false] {
      let sample = draw(masks, isKept: isKept, from: table, using: &generator)
      let count = sample.layers.reduce(0) { $0 + $1.layer.count }
      guard count > 0 else { return [] }
      var sums: [String: Double] = [:]
      for (position, layer) in sample.layers.enumerated() {
        for connection in 0..<layer.layer.count {
          let explanation = predictor.explanation(
            of: connection, inLayer: position, of: sample, targetDensity: density)
          for part in explanation.contributions {
            sums[part.feature, default: 0] += part.contribution
          }
        }
      }
      means.append(sums.mapValues { $0 / Double(count) })
    }
    return predictor.featureNames.map {
      FeatureInfluence(feature: $0, separation: (means[0][$0] ?? 0) - (means[1][$0] ?? 0))
    }.sorted { ($1.separation.magnitude, $0.feature) < ($0.separation.magnitude, $1.feature) }
  }

  /// Rows of the table for connections that stayed, or that went, every one equally likely.
  private func draw(
    _ masks: [Mask], isKept: Bool, from table: FeatureTable, using generator: inout SeededGenerator
  ) -> FeatureTable {
    let candidates = masks.enumerated().flatMap { layer, mask in
      mask.kept.indices.lazy.filter { mask.kept[$0] == isKept }.map { (layer, $0) }
    }
    let drawn = (0..<min(Self.connections, candidates.count)).map { _ in
      candidates[Int(generator.uniform() * Double(candidates.count))]
    }
    let layers = table.layers.enumerated().compactMap { position, layer -> LayerFeatures? in
      let rows = drawn.filter { $0.0 == position }.map(\.1)
      guard !rows.isEmpty else { return nil }
      let known = layer.layer
      return LayerFeatures(
        layer: PrunableLayer(
          name: known.name, kind: known.kind, parameter: known.parameter, shape: [1, rows.count],
          layout: WeightLayout(outputs: 1, inputs: rows.count), nodes: known.nodes),
        columns: layer.columns.map { column in rows.map { column[$0] } })
    }
    return FeatureTable(names: table.names, layers: layers)
  }

  /// Enough for the fading memory of the saliency to forget its start.
  private static var passes: Int { 6 }
  /// Connections drawn of either kind.
  private static var connections: Int { 1_000 }
}
