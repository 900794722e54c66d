import PruneController
public import PruneCore
import PruneData
import PruneFeatures
public import PrunePredictor

/// Fits predictors of whole units to archived networks: every network is pruned down by its gates, and at several states
/// sets of units are taken out and the divergence from the dense outputs measured.
public struct UnitFitting: Sendable {
  /// One whose units are cut out.
  public let granularity: Granularity
  /// Candidates for the ridge; the one with the lowest loss on families left out is taken.
  public var ridges = [1e-3, 1e-2, 1e-1, 1]
  private let probing = UnitProbing()

  /// - Precondition: `granularity` cuts units out.
  public init(granularity: Granularity) {
    precondition(granularity.isStructural, "\(granularity) cuts no units out")
    self.granularity = granularity
  }

  /// What was measured on one network.
  public struct Probed: Sendable {
    /// Whose units these are.
    public let network: LearnableNetwork
    let states: [ProbedUnits]
  }

  /// θ₀: the gates' second-order loss alone. Other terms are there for each kind of layer apart.
  public static var prior: LogisticPredictor {
    let names = UnitFeatureRegistry.descriptors.map(\.name)
    var prior = LogisticPredictor(
      basis: .products(of: names, withContext: ["unit-is-convolved"], sparsityPowers: [0]),
      rankingBy: gateName)
    prior.scaleGate(to: widestGate)
    return prior
  }

  /// Features are clamped to a few scales, and gates span many nats.
  private static var widestGate: Double { 8 }

  static var gateName: String { "unit-log-gate" }

  /// - Returns: `nil` where the network has no units of this granularity.
  public func probe<E: Engine>(_ network: LearnableNetwork, engine: E) throws -> Probed? {
    let session = try PruningSession(network.graph, engine: engine)
    let indices = Array(0..<network.fit.count)
    let seen = network.fit.subset(indices.filter { $0 % 2 == 0 })
    let judged = network.fit.subset(indices.filter { $0 % 2 == 1 })
    let pruning: StructuredPruning<E>
    do {
      pruning = try StructuredPruning(
        .units(.gate), session: session, fit: seen, objective: .crossEntropy(labelSmoothing: 0),
        options: Self.options(granularity))
    } catch ControllerError.nothingStructural {
      return nil
    }
    let states = try pruning.probes(probing, judged: judged).map {
      ProbedUnits(
        family: network.family, table: $0.table, density: $0.density, sets: $0.sets,
        changes: $0.changes)
    }
    return Probed(network: network, states: states)
  }

  /// Fits to what was probed, the ridge chosen on families left out.
  public func predictor(of probed: [Probed]) throws -> LogisticPredictor {
    let prior = standardizedPrior(of: probed)
    let families = Set(probed.map(\.network.family)).sorted()
    let folds = min(3, families.count)
    var best: (loss: Double, ridge: Double) = (.infinity, ridges.last ?? 1)
    for ridge in ridges where folds > 1 {
      var fit = UnitSetFit()
      fit.ridge = ridge
      var loss = 0.0
      for fold in 0..<folds {
        let left = Set(families.indices.filter { $0 % folds == fold }.map { families[$0] })
        let fitted = try fit.fit(
          probed.filter { !left.contains($0.network.family) }.flatMap(\.states), from: prior)
        loss += fit.loss(
          of: fitted,
          on: probed.filter { left.contains($0.network.family) }.flatMap(\.states))
      }
      if loss < best.loss { best = (loss, ridge) }
    }
    var fit = UnitSetFit()
    fit.ridge = best.ridge
    return try fit.fit(probed.flatMap(\.states), from: prior)
  }

  /// θ₀ in features of unit spread, so that one ridge suits all.
  private func standardizedPrior(of probed: [Probed]) -> LogisticPredictor {
    var prior = Self.prior
    prior.basis = prior.basis.standardized(on: probed.flatMap(\.states).map(\.table))
    prior.scaleGate(to: nil)
    return prior
  }

  static func options(_ granularity: Granularity) -> PruningOptions {
    PruningOptions(
      budget: .accuracyDrop(points: 0), batchSize: 250, calibrationExamples: 500,
      granularity: granularity, objective: .macs)
  }
}

extension LogisticPredictor {
  /// Makes the score the logarithm of the gate again, under the scale given or the one there is.
  fileprivate mutating func scaleGate(to scale: Double?) {
    guard let gate = basis.featureNames.firstIndex(of: UnitFitting.gateName),
      let term = basis.terms.firstIndex(where: { $0.factors == [gate] })
    else { return }
    if let scale { basis.scales[gate] = scale }
    coefficients[term] = basis.scales[gate]
  }
}
