package import PruneCore
public import PruneFeatures
public import PrunePredictor

/// The score that decides which weights or units are pruned: a learned predictor or a hand-made criterion.
public enum PruningCriterion: Sendable {
  /// Learned scores; `name` stands for the predictor in reports.
  case predictor(any ImportancePredictor, name: String)
  /// A hand-made saliency of weights or outputs.
  case criterion(any SaliencyCriterion)
  /// A hand-made saliency of whole units; needs a granularity whose units are cut out.
  case units(UnitCriterion)

  /// A hand-made criterion by its command-line name, such as `lamp`, or `gate` for whole units.
  ///
  /// - Throws: ``CriterionError/unknownName(_:known:)``.
  public static func criterion(named name: String) throws -> PruningCriterion {
    if let criterion = UnitCriterion(rawValue: name) { return .units(criterion) }
    return .criterion(try SaliencyCriteria.named(name))
  }

  /// Name in reports and archives.
  public var name: String {
    switch self {
    case .predictor(_, let name): name
    case .criterion(let criterion): criterion.name
    case .units(let criterion): criterion.rawValue
    }
  }

  /// This criterion as the one that decided.
  package var source: SelectionSource {
    switch self {
    case .predictor(_, let name): .predictor(name)
    case .criterion(let criterion): .criterion(criterion.name)
    case .units(let criterion): .criterion(criterion.rawValue)
    }
  }

  /// Statistics of a network that its scores are made from.
  package func requiredStatistics() throws -> StatisticKinds {
    switch self {
    case .predictor(let predictor, _):
      try FeatureExtraction(names: predictor.featureNames).requiredStatistics
    case .criterion(let criterion): criterion.requiredStatistics
    case .units: []
    }
  }

  /// Whether its scores read the optimizer's moments.
  var readsOptimizer: Bool {
    if case .criterion(let criterion) = self { criterion.readsOptimizer } else { false }
  }

  /// Whether single weights are scored, rather than outputs or units that are pruned as a whole.
  package var scoresWeights: Bool {
    switch self {
    case .predictor: true
    case .units: false
    case .criterion(let criterion): criterion.granularity == .element
    }
  }
}
