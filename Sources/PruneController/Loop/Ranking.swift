package import PruneCore
public import PruneFeatures
public import PrunePredictor

/// What decides which connections go: a learned predictor or a hand-made criterion.
public enum Ranking: Sendable {
  /// Learned scores; `name` stands for the predictor in reports.
  case predictor(any ImportancePredictor, name: String)
  /// A hand-made score of connections or outputs.
  case criterion(any SaliencyCriterion)
  /// Of whole units; needs a granularity whose units are cut out.
  case units(UnitCriterion)

  /// As reports and archives name it.
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
