import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// Chooses connections again and again while the network trains.
///
/// A predictor, which is made for networks that get no further training, gives way to ``AdaptiveMetricSaliency``: under
/// training neither it nor any criterion of the weights alone came near. A criterion that was asked for is taken as it is.
struct RampSelector<E: Engine> {
  private let ranking: Ranking
  private let session: PruningSession<E>
  private let fit: ExampleSet
  private let objective: Objective
  private let options: PruningOptions

  init(
    _ ranking: Ranking, session: PruningSession<E>, fit: ExampleSet, objective: Objective,
    options: PruningOptions
  ) {
    self.ranking = ranking
    self.session = session
    self.fit = fit
    self.objective = objective
    self.options = options
  }

  /// Steps between two prunings: few where every one needs statistics over examples.
  func interval(stepsPerEpoch: Int) -> Int {
    let needsExamples =
      switch ranking {
      case .predictor: options.granularity.isStructural
      case .criterion(let criterion):
        options.granularity.isStructural || !criterion.requiredStatistics.isEmpty
      case .units: true
      }
    let perEpoch = needsExamples ? Self.costlyPruningsPerEpoch : Self.pruningsPerEpoch
    return max(1, stepsPerEpoch / perEpoch)
  }

  /// Masks within the present ones that keep `density` of all connections.
  func select(keeping density: Double) throws -> MaskSet {
    guard case .predictor = ranking, !options.granularity.isStructural else {
      return try MaskSelector(
        ranking, session: session, fit: fit, objective: objective, options: options
      ).select(keeping: density).masks
    }
    let state = try session.state(
      [], on: fit, limit: 0, batchSize: options.batchSize, objective: objective, seed: options.seed)
    let moments = try session.engine.optimizerState(of: try session.program)
    return try ElementRanking.masks(
      keeping: density,
      scores: zip(state.layers, state.weights).map { layer, weights in
        AdaptiveMetricSaliency.scores(
          weights: weights, secondMoments: moments["second/" + layer.parameter]?.floats)
      }, of: state, granularity: options.granularity)
  }

  private static var pruningsPerEpoch: Int { 16 }
  private static var costlyPruningsPerEpoch: Int { 4 }
}
