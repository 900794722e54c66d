import PruneController
public import PruneCore
import PruneData
import PruneFeatures
public import PrunePredictor
import PruneSelection

/// Scores of a way of fitting on groups of networks that it did not see, beside the prior and hand-made criteria.
public struct GroupedCrossValidation: Sendable {
  /// What is tried, fitted anew for every fold.
  public let fitting: PredictorFitting
  /// Shares of connections removed that networks are scored at, each `0 ..< 1`.
  public let sparsities: [Double]
  /// Hand-made criteria to compare with, by their command-line names.
  public let criteria: [String]
  /// Fits, each with one part of the groups left out.
  public let folds: Int

  /// - Parameters:
  ///   - fitting: fitted anew for every fold.
  ///   - sparsities: those usual for the granularity of `fitting` unless given.
  ///   - criteria: all that rank what `fitting` selects unless given.
  ///   - folds: at least 2; where there are fewer groups, each is left out alone.
  public init(
    fitting: PredictorFitting, sparsities: [Double]? = nil,
    criteria: [String]? = nil, folds: Int = 3
  ) {
    precondition(folds > 1, "\(folds) folds, expected 2 or more")
    self.fitting = fitting
    self.sparsities =
      sparsities ?? PredictorFitting.densities(of: fitting.granularity).map { 1 - $0 }
    self.criteria =
      criteria
      ?? SaliencyCriteria.all.filter {
        fitting.granularity == .element || $0.granularity == .element
      }.map(\.name)
    self.folds = folds
  }

  /// Fits once without each part of the groups and prunes the networks of that part.
  ///
  /// - Parameters:
  ///   - networks: of several groups.
  ///   - engine: runs and differentiates them.
  ///   - progress: one line per stage.
  ///   - fitted: given every fit with the networks that it left out.
  /// - Returns: mean accuracy over a group's networks, per sparsity: `predictor`, `prior` and each criterion.
  public func scores<E: Engine>(
    on networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in },
    fitted: (any ImportancePredictor, [LearnableNetwork]) -> Void = { _, _ in }
  ) throws -> [PresetCard.HeldOutScore] {
    let groups = Set(networks.map(\.group)).sorted()
    var result: [PresetCard.HeldOutScore] = []
    for fold in 0..<min(folds, groups.count) {
      let left = groups.indices.filter { $0 % folds == fold }.map { groups[$0] }
      progress("fit \(fold + 1) leaves out: \(left.joined(separator: ", "))")
      let predictor = try fitting.model(
        of: networks.filter { !left.contains($0.group) }, engine: engine
      ) { stage in
        if stage.name != "start" { progress("  \(stage)") }
      }.predictor
      for group in left {
        result += try scores(
          of: predictor, group: group, on: networks.filter { $0.group == group },
          engine: engine)
      }
      fitted(predictor, networks.filter { left.contains($0.group) })
      progress("  so far: \(Self.means(of: result))")
    }
    return result.sorted { ($0.group, $0.sparsity) < ($1.group, $1.sparsity) }
  }

  /// Mean of every method over groups and sparsities.
  static func means(of scores: [PresetCard.HeldOutScore]) -> String {
    Set(scores.flatMap(\.metrics.keys)).sorted().map { method in
      let mean = scores.compactMap { $0.metrics[method] }.reduce(0, +) / Double(scores.count)
      return "\(method) \((10_000 * mean).rounded() / 100) %"
    }.joined(separator: ", ")
  }

  /// Scores of a given predictor on the networks of one group.
  public func scores<E: Engine>(
    of predictor: any ImportancePredictor, group: String, on networks: [LearnableNetwork],
    engine: E
  ) throws -> [PresetCard.HeldOutScore] {
    try GroupScoring(
      criteria: [
        ("predictor", PruningCriterion.predictor(predictor, name: "predictor")),
        ("prior", .predictor(LogisticPredictor.prior, name: "prior")),
      ] + (try criteria.map { ($0, try PruningCriterion.criterion(named: $0)) }),
      sparsities: sparsities,
      options: PruningOptions(
        budget: .maximumDrop(points: 0), batchSize: 250, granularity: fitting.granularity)
    ).scores(group: group, on: networks, engine: engine)
  }
}
