import PruneCore
import PruneSelection
import PruneSession
import PruneTraining

/// Gradual pruning: small prunings along a cubic schedule while the network trains at the full learning rate, then training
/// at the final density while the rate falls to zero.
struct GradualPruning<E: Engine> {
  let run: PruningRun<E>

  /// Prunes gradually to `target`, or in one step where there are no epochs; starts anew with a lower learning rate after a
  /// divergence.
  ///
  /// - Parameters:
  ///   - target: density to reach, 0 … 1.
  ///   - epochs: epochs in all, restarts included; 0 prunes in one step.
  /// - Returns: epochs spent.
  func prune(to target: Double, epochs: Double) throws -> Double {
    guard epochs > 1e-9, !run.isOutOfTime else {
      let phase = run.usualPhase
      try run.prune(to: target, phase, adaptation: run.adaptation(phase))
      return 0
    }
    let start = try run.session.snapshot()
    let (tuner, before) = (run.tuner, run.tuner.epochsSpent)
    while true {
      do {
        try descend(to: target, epochs: epochs - (tuner.epochsSpent - before))
        return tuner.epochsSpent - before
      } catch TrainingError.diverged where tuner.lowerLearningRate() {
        try run.session.restore(start)
      }
    }
  }

  /// Prunes once by the criterion that gradual pruning uses, without training.
  func pruneOnce(to density: Double) throws {
    let (session, selector) = (run.session, run.choice.gradualSelector())
    _ = try session.change("prune", "to \(density) as gradual pruning does") {
      try session.apply(try selector.select(keeping: density).masks)
      if session.hasNormalization {
        try session.reestimateNormalization(on: run.tuner.fit, options: run.options)
      }
      return true
    }
    run.selectedBy = selector.selectedBy
  }

  /// Runs one gradual pruning, without restarts.
  ///
  /// - Parameters:
  ///   - target: density to reach, 0 … 1.
  ///   - epochs: epochs of the whole schedule.
  ///   - isTrial: `true` where the result will be rolled back; no progress is reported then.
  /// - Returns: mean loss over the last steps; `nil` where time ran out.
  @discardableResult
  func descend(to target: Double, epochs: Double, isTrial: Bool = false) throws -> Double? {
    let (session, tuner, policy) = (run.session, run.tuner, run.policy)
    let selector = run.choice.gradualSelector()
    let schedule = SparsitySchedule(
      from: run.density, to: target, steps: tuner.stepCount(epochs: epochs),
      share: policy.pruningShareOfSteps,
      interval: try selector.interval(stepsPerEpoch: tuner.stepsPerEpoch))
    let result = try tuner.tune(
      epochs: epochs, round: run.rounds.count,
      schedule: LearningRateSchedule(.cosine, holdFraction: policy.pruningShareOfSteps),
      recordedAs: "\(schedule)", isOutOfTime: { run.isOutOfTime },
      progress: { if !isTrial { run.report($0) } },
      beforeStep: { step in
        guard let density = schedule.density(before: step) else { return }
        try session.apply(try selector.select(keeping: density).masks)
      },
      afterwards: {
        if session.hasNormalization {
          try session.reestimateNormalization(on: tuner.fit, options: run.options)
        }
      })
    run.selectedBy = selector.selectedBy
    if result.lastStep < schedule.length { try run.prune(to: target, run.usualPhase) }
    return result.loss
  }
}
