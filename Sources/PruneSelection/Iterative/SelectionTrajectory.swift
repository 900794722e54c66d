import Foundation
package import PruneCore
package import PruneFeatures
package import PrunePredictor

/// Selection run in progress: passes that take the gradient at the current masks, score all weights, and mask or regrow
/// them.
package struct SelectionTrajectory<E: Engine> {
  /// Share of all weights that the target passes keep.
  package let targetDensity: Double
  /// Number of passes done.
  package private(set) var pass = 0
  /// Current masks and saliency.
  package private(set) var state: PruningState
  /// Blended scores that the last pass selected by; `nil` before the first.
  package private(set) var blended: BlendedScores?

  package let predictor: any ImportancePredictor
  private let extraction: StateExtraction
  private let options: IterativeSettings
  private let startDensity: Double

  /// - Parameters:
  ///   - network: network with statistics as the predictor's features need them; weights that its masks prune are not
  ///     regrown.
  ///   - density: share of all weights to keep.
  ///   - extraction: extraction of the predictor's features from `network`.
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

  /// `true` once the descending passes are done.
  package var isAtTarget: Bool { pass >= options.descendingPasses }

  /// Share of all weights that the current pass keeps, `ρ₀ (ρ / ρ₀)^{min(t + 1, K) / K}`.
  package var passDensity: Double {
    guard pass + 1 < options.descendingPasses else { return targetDensity }
    let done = Double(pass + 1) / Double(options.descendingPasses)
    return startDensity * pow(targetDensity / startDensity, done)
  }

  /// Scores that this pass's are blended with; `nil` in descending passes.
  package var earlier: BlendedScores? { isAtTarget ? blended : nil }

  /// Updates the saliency by the gradient at the current masks.
  package mutating func observe(_ runner: MaskedRunner<E>) throws {
    state.observe(maskGradients: try runner.lossAndGradient(softMask: state.softMask).gradients)
  }

  /// Features of the current state.
  package func table() -> FeatureTable { extraction.table(of: state) }

  /// Scores every weight, kept or masked, and keeps the best; ends the pass.
  package mutating func select() throws {
    try select(
      blend(
        predictor.scores(
          from: extraction.features(of: state), targetDensity: passDensity)))
  }

  /// Scores of this pass, blended with those of earlier target passes.
  package func blend(_ scores: [[Float]]) -> BlendedScores {
    let masks = state.network.masks
    return earlier.map { BlendedScores(scores, masks: masks, earlier: $0) }
      ?? BlendedScores(scores, masks: masks, retention: options.retention)
  }

  /// Keeps the best weights by `blend`; ends the pass.
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
