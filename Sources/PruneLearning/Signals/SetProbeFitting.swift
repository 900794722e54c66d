import PruneArchive
import PruneController
public import PruneCore
import PruneFeatures
public import PrunePredictor
import PruneSelection
import PruneSession

/// Fits a logistic predictor to set probes of archived networks, each pruned by ``LogisticPredictor/prior`` and probed once:
/// for a comparison with the other signals on the same networks.
///
/// Ordinary runs leave their probes in the archive, which ``ProbeFit`` learns from.
public struct SetProbeFitting: Sendable {
  /// Shares of connections kept; every network gets one of them, in turn.
  public var densities = [0.2, 0.1, 0.05, 0.02]
  /// Of samples and sets.
  public var seed: UInt64 = 0

  /// The densities of ``MaskSurvivalFitting``, unless set otherwise.
  public init() {}

  /// - Parameters:
  ///   - networks: what is learned from; those with too few connections left to draw sets from are left out.
  ///   - engine: runs them.
  ///   - progress: one line per network.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    var probed: [ProbedNetwork] = []
    for (number, network) in networks.enumerated() {
      let session = try PruningSession(network.graph, engine: engine)
      let masks = try SelectorChoice(
        .predictor(LogisticPredictor.prior, name: "prior"), session: session, fit: network.fit,
        objective: .crossEntropy(labelSmoothing: 0),
        options: PruningOptions(budget: .maximumDrop(points: 0), seed: seed, batchSize: 250)
      ).finalSelector().select(keeping: densities[number % densities.count]).masks
      let table = try SetProbing(engine: engine, seed: seed).table(
        of: network.graph, masks: masks, fit: network.fit)
      if let table, let found = try ProbeFit.network(table, group: network.group) {
        probed.append(found)
      }
      progress("\(number + 1) of \(networks.count): probes of \(network.group)")
    }
    return try SetProbeFit(featureNames: PredictorFitting.standardFeatures).fit(probed)
  }
}
