import Foundation
import PruneCore

extension PruningRun {
  /// Prunes to a stated sparsity: at once without fine-tuning, else along a cubic ramp over the first 70 % of the epochs.
  ///
  /// - Source: Zhu & Gupta, *To prune, or not to prune*, 2017, [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
  func reach(_ sparsity: Sparsity) throws -> PruningOutcome {
    let epochs = tuner.epochsLeft
    let ramp = Self.rampShare
    let steps = epochs > 0 ? max(1, Int((ramp * epochs * Self.stepsPerEpoch).rounded())) : 1
    for step in 1...steps where !isOutOfTime || step == steps {
      let before = density
      let since = wallSeconds
      let done = Double(step) / Double(steps)
      try prune(to: 1 - sparsity.fraction * (1 - pow(1 - done, 3)))
      var spent = 0.0
      if epochs > 0, !isOutOfTime {
        let isLast = step == steps
        let from = ramp * Double(step - 1) / Double(steps)
        spent = try tuner.tune(
          epochs: isLast ? tuner.epochsLeft : ramp * epochs / Double(steps), round: rounds.count,
          density: density, window: from...(isLast ? 1 : ramp * done), progress: progress)
      }
      let evaluation = try evaluate()
      let upper = try dropUpperBoundPoints(of: evaluation)
      if step == steps { try accept(evaluation, dropUpperBoundPoints: upper) }
      note(
        .accepted, from: before, evaluation: evaluation, upperBound: upper, epochs: spent,
        since: since)
    }
    return try outcome(accepted.last, certificate: nil, isBudgetMet: !accepted.isEmpty)
  }

  private static var rampShare: Double { 0.7 }
  private static var stepsPerEpoch: Double { 4 }
}
