import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession

/// Selects weights by scoring them once, by a predictor or a hand-made criterion, on the network as it was when the
/// selector was made.
struct OneShotSelector: MaskSelector {
  private let criterion: PruningCriterion
  private let state: NetworkState
  private let seed: UInt64
  private let granularity: Granularity

  /// Takes weights and statistics of a session's network.
  ///
  /// - Parameter examples: training part; statistics are taken on a sample of it.
  init<E: Engine>(
    _ criterion: PruningCriterion, session: PruningSession<E>, examples: ExampleSet,
    objective: Objective, options: PruningOptions
  ) throws {
    self.criterion = criterion
    seed = options.seed
    granularity = options.granularity
    state = try session.state(
      criterion.requiredStatistics(), on: examples, limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: objective, seed: options.seed,
      readsOptimizer: criterion.readsOptimizer)
  }

  func select(keeping density: Double) throws -> SelectedMasks {
    SelectedMasks(masks: try masks(keeping: density), selectedBy: criterion.source)
  }

  private func masks(keeping density: Double) throws -> MaskSet {
    switch criterion {
    case .predictor(let predictor, _):
      let features = try FeatureExtraction(names: predictor.featureNames).prepare(state)
      if granularity == .element, state.weightCosts == nil,
        let scorer = predictor.chunkScorer(for: features, targetDensity: density)
      {
        return try StreamedSelection(layers: state.layers, current: state.masks, scorer: scorer)
          .masks(keeping: density)
      }
      return try ElementRanking.masks(
        keeping: density, scores: predictor.scores(from: features, targetDensity: density),
        of: state, granularity: granularity, scale: .logOdds)
    case .units(let criterion):
      throw SelectionError.structuralOnly(criterion.rawValue)
    case .criterion(let criterion):
      let granularity = self.granularity == .element ? criterion.granularity : self.granularity
      guard criterion.granularity == .element || granularity == .channel else {
        throw SelectionError.structuralOnly(criterion.name)
      }
      let untouched = granularity == .channel ? state.layers.last.map { [$0.parameter] } : nil
      return try ElementRanking.masks(
        keeping: density, scores: criterion.saliencies(of: state, seed: seed), of: state,
        scope: criterion.scope, granularity: granularity,
        untouched: Set(untouched ?? []))
    }
  }
}
