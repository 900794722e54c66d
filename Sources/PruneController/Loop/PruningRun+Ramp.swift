import Foundation
import PruneCore

extension PruningRun {
  /// Prunes to a stated sparsity: at once without fine-tuning, else along a ramp over all epochs.
  func reach(_ sparsity: Sparsity) throws -> PruningOutcome {
    let since = wallSeconds
    try chooseLearningRate()
    let spent = try ramp(to: sparsity.density, epochs: tuner.epochsLeft)
    let evaluation = try evaluate()
    let upper = try dropUpperBoundPoints(of: evaluation)
    try accept(evaluation, dropUpperBoundPoints: upper)
    try note(
      .accepted, from: 1, evaluation: evaluation, upperBound: upper, epochs: spent, since: since)
    return try outcome(accepted.last, certificate: nil, isBudgetMet: true)
  }

  /// Prunes in small steps along a cubic ramp while tuning, then tunes on at the final density while the learning rate
  /// falls to zero.
  ///
  /// - Source: Zhu & Gupta, *To prune, or not to prune*, 2017, [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
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
        try descend(
          to: target, epochs: epochs - (tuner.epochsSpent - before))
        return tuner.epochsSpent - before
      } catch ControllerError.diverged where tuner.lowerLearningRate() {
        try session.restore(start)
      }
    }
  }

  private func descend(to target: Double, epochs: Double) throws {
    let start = density
    let rampEpochs = Self.rampShare * epochs
    let steps = max(1, Int((rampEpochs * Self.stepsPerEpoch).rounded()))
    var spent = 0.0
    for step in 1...steps {
      let isLast = step == steps || isOutOfTime
      let done = isLast ? 1 : Double(step) / Double(steps)
      try prune(to: target + (start - target) * pow(1 - done, 3), selection: .smallStep)
      spent += try tuner.tune(
        epochs: isLast ? epochs - spent : rampEpochs / Double(steps),
        round: rounds.count * 100 + step, density: density,
        window: Self.rampShare * Double(step - 1)
          / Double(steps)...(isLast ? 1 : Self.rampShare * done),
        isOutOfTime: { isOutOfTime }, progress: progress)
      if isLast { return }
    }
  }

  /// Share of the epochs over which connections go; the rest anneals.
  private static var rampShare: Double { 0.7 }
  private static var stepsPerEpoch: Double { 4 }
}
