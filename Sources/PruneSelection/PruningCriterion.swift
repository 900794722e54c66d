package import PruneCore
public import PruneFeatures
public import PrunePredictor

/// Source of the scores by which weights or units are pruned: a learned predictor or a hand-made criterion.
public enum PruningCriterion: Sendable {
  /// Learned predictor, with its name in reports.
  case predictor(any ImportancePredictor, name: String)
  /// Hand-made saliency of weights or outputs.
  case criterion(any SaliencyCriterion)
  /// Hand-made saliency of whole units; needs a granularity whose units are cut out.
  case units(UnitCriterion)

  /// Hand-made criterion by its command-line name, such as `lamp`, or `gate` for whole units.
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

  /// Name of this criterion in results: a preset that is a score set by hand is named as that score.
  package var source: SelectionSource {
    switch self {
    case .predictor(let predictor, _)
    where (predictor as? LogisticPredictor)?.onlyFeature
      == UnitFeatureRegistry.Feature.logGate.rawValue:
      PruningCriterion.units(.gate).source
    case .predictor(let predictor, _) where LogisticPredictor.alternative(to: predictor) == nil:
      .prior
    case .predictor(_, let name): .predictor(name)
    case .criterion(let criterion): .criterion(criterion.name)
    case .units(let criterion): .criterion(criterion.rawValue)
    }
  }

  /// Statistics of a network that the scores are computed from.
  package func requiredStatistics() throws -> StatisticKinds {
    switch self {
    case .predictor(let predictor, _):
      try FeatureExtraction(names: predictor.featureNames).requiredStatistics
    case .criterion(let criterion): criterion.requiredStatistics
    case .units: []
    }
  }

  /// `true` where the scores read the optimizer's moments.
  var readsOptimizer: Bool {
    if case .criterion(let criterion) = self { criterion.readsOptimizer } else { false }
  }

  /// `true` where single weights are scored, `false` where outputs or units that are pruned as a whole are.
  package var scoresWeights: Bool {
    switch self {
    case .predictor: true
    case .units: false
    case .criterion(let criterion): criterion.granularity == .element
    }
  }
}
