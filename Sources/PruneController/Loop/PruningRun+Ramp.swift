import Foundation
import PruneCore

extension PruningRun {
  /// Prunes to a stated sparsity: at once without fine-tuning, else along a ramp over all epochs.
  func reach(_ sparsity: Sparsity) throws -> PruningOutcome {
    if structure != nil || options.objective != .parameters { count() }
    return try reach(density: sparsity.density)
  }

  /// As ``reach(_:)``, for a share of the cost.
  func reach(density: Double) throws -> PruningOutcome {
    try chooseCostExponent(at: density)
    let since = wallSeconds
    try chooseTuning(towards: density)
    let spent = try ramp(to: density, epochs: tuner.epochsLeft)
    let evaluation = try evaluate()
    let upper = try dropUpperBoundPoints(of: evaluation)
    try accept(evaluation, dropUpperBoundPoints: upper)
    try note(
      .accepted, from: 1, evaluation: evaluation, upperBound: upper, epochs: spent, since: since)
    return try outcome(accepted.last, certificate: nil, isBudgetMet: true)
  }

  /// Prunes in small steps along a cubic ramp while tuning at the full learning rate, then tunes on at the final density
  /// while the rate falls to zero.
  ///
  /// - Parameter epochs: in all; 0 prunes at once.
  /// - Returns: epochs spent.
  func ramp(to target: Double, epochs: Double) throws -> Double {
    guard epochs > 1e-9, !isOutOfTime else {
      try prune(to: target, refinement: refinement())
      return 0
    }
    let start = try session.snapshot()
    let before = tuner.epochsSpent
    while true {
      do {
        try descend(to: target, epochs: epochs - (tuner.epochsSpent - before))
        return tuner.epochsSpent - before
      } catch ControllerError.diverged where tuner.lowerLearningRate() {
        try session.restore(start)
      }
    }
  }

  /// Prunes at once by what a ramp selects by, which takes no look at examples.
  func pruneAsRampsDo(to density: Double) throws {
    _ = try session.change("prune", "to \(density) as a ramp does") {
      let selector = RampSelector(
        ranking, session: session, fit: fit, objective: tuner.labelObjective, options: options)
      try session.apply(try selector.select(keeping: density))
      if session.hasNormalization {
        try session.reestimateNormalization(on: tuner.fit, options: options)
      }
      return true
    }
  }

  /// - Parameter isTrial: whether what is trained will be undone, which nobody is told of.
  /// - Returns: mean loss over the last steps; `nil` where time ran out.
  @discardableResult
  func descend(to target: Double, epochs: Double, isTrial: Bool = false) throws -> Double? {
    let selector = RampSelector(
      ranking, session: session, fit: fit, objective: tuner.labelObjective, options: options)
    let ramp = SparsityRamp(
      from: density, to: target, steps: tuner.stepCount(epochs: epochs), share: Self.rampShare,
      interval: selector.interval(stepsPerEpoch: tuner.stepsPerEpoch))
    let result = try tuner.tune(
      epochs: epochs, round: rounds.count,
      schedule: LearningRateSchedule(.cosine, holdFraction: Self.rampShare),
      recordedAs: "\(ramp)", density: { density }, isOutOfTime: { isOutOfTime },
      progress: isTrial ? { _ in } : progress,
      beforeStep: { step in
        guard let density = ramp.density(before: step) else { return }
        try session.apply(try selector.select(keeping: density))
      },
      afterwards: {
        if session.hasNormalization {
          try session.reestimateNormalization(on: tuner.fit, options: options)
        }
      })
    if result.lastStep < ramp.length { try prune(to: target) }
    return result.loss
  }

  /// Share of the epochs over which connections go; the rest anneals.
  private static var rampShare: Double { 0.7 }
}
