package import PruneCore
public import PruneFeatures
public import PrunePredictor
import PruneSurgery

/// What decides which connections go: a learned predictor or a hand-made criterion.
public enum Ranking: Sendable {
  case predictor(any ImportancePredictor, name: String)
  case criterion(any SaliencyCriterion)

  public var name: String {
    switch self {
    case .predictor(_, let name): name
    case .criterion(let criterion): criterion.name
    }
  }

  package func requiredStatistics() throws -> StatisticKinds {
    switch self {
    case .predictor(let predictor, _):
      try FeatureExtraction(names: predictor.featureNames).requiredStatistics
    case .criterion(let criterion): criterion.requiredStatistics
    }
  }

  /// Masks that keep `density` of all prunable connections of `state`.
  package func masks(
    keeping density: Double, of state: NetworkState, seed: UInt64
  ) throws -> MaskSet {
    switch self {
    case .predictor(let predictor, _):
      let table = try FeatureExtraction(names: predictor.featureNames).table(of: state)
      return try Selection.masks(
        keeping: density, scores: predictor.scores(for: table, targetDensity: density),
        layers: state.layers, current: state.masks, comparability: .network, granularity: .element)
    case .criterion(let criterion):
      let granularity = criterion.granularity
      let untouched = granularity == .channel ? state.layers.last.map { [$0.parameter] } : nil
      return try Selection.masks(
        keeping: density, scores: criterion.saliencies(of: state, seed: seed),
        layers: state.layers, current: state.masks, comparability: criterion.comparability,
        granularity: granularity, untouched: Set(untouched ?? []))
    }
  }
}
