import PruneController
public import PruneCore
import PruneData
import PruneFeatures
public import PrunePredictor
import PruneSelection
import PruneSession

/// Fits predictors of whole units to archived networks: every network is pruned by its gates, and at several states sets of
/// units are cut out and the divergence from the dense outputs is measured.
public struct UnitFitting: Sendable {
  /// Granularity of the units, one that cuts whole units out.
  public let granularity: Granularity
  /// Candidates for the ridge, chosen by hand; the one with the lowest loss on held-out groups is used.
  public var ridges = [1e-3, 1e-2, 1e-1, 1]
  private let probing = UnitProbing()

  /// - Precondition: `granularity` cuts units out.
  public init(granularity: Granularity) {
    precondition(granularity.isStructural, "\(granularity) cuts no units out")
    self.granularity = granularity
  }

  /// Probes of one network.
  public struct Probed: Sendable {
    /// Network that was probed.
    public let network: LearnableNetwork
    let states: [UnitProbes]
  }

  /// Predictor with θ₀: scores are the gates' second-order loss alone; its other terms, separate for each kind of layer, have
  /// coefficient 0.
  public static var prior: LogisticPredictor {
    let names = UnitFeatureRegistry.descriptors.map(\.name)
    var basis = FeatureBasis.products(
      of: names, withContext: ["unit-is-convolved"], sparsityPowers: [0])
    if let gate = basis.featureNames.firstIndex(of: gateName) { basis.scales[gate] = widestGate }
    return gates(in: basis)
  }

  /// Scale of the gate feature in nats, chosen by hand: features are clamped to a few scales, and gates span many nats.
  private static var widestGate: Double { 8 }

  private static var gateName: String { "unit-log-gate" }

  /// Prunes a network by its gates and probes sets of units.
  ///
  /// - Returns: `nil` where the network has no units of this granularity.
  public func probe<E: Engine>(_ network: LearnableNetwork, engine: E) throws -> Probed? {
    let session = try PruningSession(network.graph, engine: engine)
    let indices = Array(0..<network.fit.count)
    let seen = network.fit.subset(indices.filter { $0 % 2 == 0 })
    let judged = network.fit.subset(indices.filter { $0 % 2 == 1 })
    let pruning: StructuredSelector<E>
    do {
      pruning = try StructuredSelector(
        .units(.gate), session: session, fit: seen, objective: .crossEntropy(labelSmoothing: 0),
        options: Self.options(granularity))
    } catch SelectionError.nothingStructural {
      return nil
    }
    return Probed(network: network, states: try pruning.probes(probing, judged: judged))
  }

  /// Fits a predictor to probes, the ridge chosen on held-out groups.
  public func predictor(of probed: [Probed]) throws -> LogisticPredictor {
    let prior = standardizedPrior(of: probed)
    let groups = Set(probed.map(\.network.group)).sorted()
    let folds = min(3, groups.count)
    var best: (loss: Double, ridge: Double) = (.infinity, ridges.last ?? 1)
    for ridge in ridges where folds > 1 {
      var fit = UnitSetFit()
      fit.ridge = ridge
      var loss = 0.0
      for fold in 0..<folds {
        let left = Set(groups.indices.filter { $0 % folds == fold }.map { groups[$0] })
        let fitted = try fit.fit(
          probed.filter { !left.contains($0.network.group) }.flatMap(\.states), from: prior)
        loss += fit.loss(
          of: fitted,
          on: probed.filter { left.contains($0.network.group) }.flatMap(\.states))
      }
      if loss < best.loss { best = (loss, ridge) }
    }
    var fit = UnitSetFit()
    fit.ridge = best.ridge
    return try fit.fit(probed.flatMap(\.states), from: prior)
  }

  /// Predictor with θ₀ in features of unit spread, so that one ridge suits all.
  private func standardizedPrior(of probed: [Probed]) -> LogisticPredictor {
    Self.gates(in: Self.prior.basis.standardized(on: probed.flatMap(\.states).map(\.table)))
  }

  /// Predictor whose scores are the logarithm of the gate, whatever its scale in the basis.
  private static func gates(in basis: FeatureBasis) -> LogisticPredictor {
    var predictor = LogisticPredictor(basis: basis, rankingBy: gateName)
    if let gate = basis.featureNames.firstIndex(of: gateName) {
      predictor.coefficients = predictor.coefficients.map { $0 * basis.scales[gate] }
    }
    return predictor
  }

  /// Options of selections of units; batch and sample sizes are chosen by hand.
  static func options(_ granularity: Granularity) -> PruningOptions {
    PruningOptions(
      budget: .maximumDrop(points: 0), batchSize: 250, calibrationExamples: 500,
      granularity: granularity, objective: .macs)
  }
}
