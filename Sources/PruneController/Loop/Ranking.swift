package import PruneCore
public import PruneFeatures
public import PrunePredictor

/// What decides which connections go: a learned predictor or a hand-made criterion.
public enum Ranking: Sendable {
  case predictor(any ImportancePredictor, name: String)
  case criterion(any SaliencyCriterion)
  /// Of whole units; needs a granularity whose units are cut out.
  case units(UnitCriterion)

  public var name: String {
    switch self {
    case .predictor(_, let name): name
    case .criterion(let criterion): criterion.name
    case .units(let criterion): criterion.rawValue
    }
  }

  package func requiredStatistics() throws -> StatisticKinds {
    switch self {
    case .predictor(let predictor, _):
      try FeatureExtraction(names: predictor.featureNames).requiredStatistics
    case .criterion(let criterion): criterion.requiredStatistics
    case .units: []
    }
  }
}
