import PruneController
public import PruneCore
import PruneFeatures
public import PrunePredictor

/// Scores of a way of fitting on families of networks that it did not see, beside the hand-made criteria.
public struct FamilyValidation: Sendable {
  public let fitting: PredictorFitting
  public let sparsities: [Double]
  public let criteria: [String]

  public init(
    fitting: PredictorFitting, sparsities: [Double] = [0.5, 0.8, 0.9, 0.95, 0.98],
    criteria: [String] = ["magnitude", "lamp", "wanda", "fisher", "snip"]
  ) {
    self.fitting = fitting
    self.sparsities = sparsities
    self.criteria = criteria
  }

  /// Fits once without each family and prunes that family's networks.
  ///
  /// - Parameter progress: called with each family before it is left out.
  /// - Returns: mean accuracy over a family's networks, per sparsity, `predictor` beside each criterion.
  public func scores<E: Engine>(
    on networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in }
  ) throws -> [PresetCard.HeldOutScore] {
    var result: [PresetCard.HeldOutScore] = []
    for family in Set(networks.map(\.family)).sorted() {
      progress(family)
      let others = networks.filter { $0.family != family }
      guard !others.isEmpty else { continue }
      let predictor = try fitting.fit(to: others, engine: engine)
      result += try scores(
        of: predictor, family: family, on: networks.filter { $0.family == family }, engine: engine)
    }
    return result
  }

  /// Scores of a given predictor on the networks of one family.
  public func scores<E: Engine>(
    of predictor: any ImportancePredictor, family: String, on networks: [LearnableNetwork],
    engine: E
  ) throws -> [PresetCard.HeldOutScore] {
    let rankings =
      try [("predictor", Ranking.predictor(predictor, name: "predictor"))]
      + criteria.map { ($0, try Ranking.criterion(named: $0)) }
    var sums = [[String: Double]](repeating: [:], count: sparsities.count)
    for network in networks {
      for (name, ranking) in rankings {
        let accuracies = try fitting.accuracies(
          of: { _, state, density in try ranking.masks(keeping: density, of: state, seed: 0) },
          on: network, densities: sparsities.map { 1 - $0 }, engine: engine)
        for (index, accuracy) in accuracies.enumerated() {
          sums[index][name, default: 0] += accuracy / Double(networks.count)
        }
      }
    }
    return zip(sparsities, sums).map {
      PresetCard.HeldOutScore(family: family, sparsity: $0, metrics: $1)
    }
  }
}
