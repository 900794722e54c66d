import Foundation
package import PruneCore
package import PruneFeatures
package import PrunePredictor

/// A selection under way: passes of observing the gradient at the connections that are on, scoring all connections, and
/// switching them on and off.
package struct SelectionTrajectory<E: Engine> {
  /// Share of all connections that the last passes keep.
  package let targetDensity: Double
  /// Passes done.
  package private(set) var pass = 0
  package private(set) var state: PruningState
  /// What the last pass selected by; `nil` before the first.
  package private(set) var blended: BlendedScores?

  package let predictor: any ImportancePredictor
  private let extraction: StateExtraction
  private let options: IterativeSettings
  private let startDensity: Double

  /// - Parameters:
  ///   - network: with statistics as the predictor's features need them; what its masks removed stays removed.
  ///   - extraction: of the predictor's features and of `network`.
  package init(
    of network: NetworkState, to density: Double, by predictor: any ImportancePredictor,
    extraction: StateExtraction, options: IterativeSettings
  ) {
    precondition(
      options.descendingPasses > 0,
      "\(options.descendingPasses) descending passes, expected > 0")
    targetDensity = density
    state = PruningState(network)
    self.predictor = predictor
    self.extraction = extraction
    self.options = options
    let left = state.masks.reduce(0) { $0 + $1.keptCount }
    startDensity = max(density, Double(left) / Double(max(network.weightCount, 1)))
  }

  package var isAtTarget: Bool { pass >= options.descendingPasses }

  /// Share of all connections that the pass under way keeps, `ρ₀ (ρ / ρ₀)^{min(t + 1, K) / K}`.
  package var passDensity: Double {
    guard pass + 1 < options.descendingPasses else { return targetDensity }
    let done = Double(pass + 1) / Double(options.descendingPasses)
    return startDensity * pow(targetDensity / startDensity, done)
  }

  /// What this pass's score is blended with: nothing while the density falls.
  package var earlier: BlendedScores? { isAtTarget ? blended : nil }

  /// Takes the gradient at the connections that are on.
  package mutating func observe(_ runner: MaskedRunner<E>) throws {
    state.observe(maskGradients: try runner.lossAndGradient(softMask: state.softMask).gradients)
  }

  /// Features of the pass under way.
  package func table() -> FeatureTable { extraction.table(of: state) }

  /// Scores every connection that is left, on or off, and keeps the best: the end of a pass.
  package mutating func select() throws {
    try select(
      blend(
        predictor.scores(
          from: extraction.features(of: state), targetDensity: passDensity)))
  }

  /// Scores of this pass with those of earlier ones.
  package func blend(_ scores: [[Float]]) -> BlendedScores {
    let masks = state.network.masks
    return earlier.map { BlendedScores(scores, masks: masks, earlier: $0) }
      ?? BlendedScores(scores, masks: masks, retention: options.retention)
  }

  /// Keeps the best by `blend`, which ends the pass.
  package mutating func select(_ blend: BlendedScores) throws {
    let network = state.network
    let masks = try ElementRanking.masks(
      keeping: passDensity, scores: blend.values, of: network, granularity: options.granularity,
      scale: .logOdds)
    state.select(network.layers.compactMap { masks[$0.parameter] })
    blended = blend
    pass += 1
  }
}
