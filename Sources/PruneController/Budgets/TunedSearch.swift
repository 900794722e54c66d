import Foundation
import PruneCore
import PruneSelection
import PruneSession
import PruneTraining

/// Search with fine-tuning: one long gradual pruning to the density that short recovery trials suggest, then gentler steps
/// with what is left of the epochs.
///
/// A pruning that went too far gets weights back until it keeps the limit. Where it never does, there are too few epochs to
/// tune a network that is that much smaller, and what can be had without is looked for.
struct TunedSearch<E: Engine> {
  let run: PruningRun<E>
  let limit: SearchLimit

  private var policy: SearchPolicy { run.policy }

  func search() throws {
    run.keepExtremeCandidates()
    try TuningTrials(run: run).choose(towards: run.attainable(run.density / 10))
    let total = run.tuner.epochsLeft
    let target = try estimatedTargetDensity()
    guard !run.isOutOfTime else { return try run.rollBack() }
    let stepEpochs = policy.stepShareOfEpochs * total
    let status = try pruneAndRepair(
      to: target, epochs: policy.firstPruningShareOfEpochs * total, epochsPerRepair: stepEpochs)
    switch status {
    case .isSafe: try takeSteps(epochsPerStep: stepEpochs)
    case .holds: break
    case .exceeds:
      if try searchUntunedBeyond() { try takeSteps(epochsPerStep: stepEpochs) }
    }
  }

  /// A gradual pruning to `target`; then, until it is safe, training, as a rule with more weights.
  ///
  /// - Parameters:
  ///   - epochs: of the gradual pruning.
  ///   - epochsPerRepair: of each training after it.
  private func pruneAndRepair(
    to target: Double, epochs: Double, epochsPerRepair: Double
  ) throws -> BudgetStatus {
    let (start, tuner) = (run.density, run.tuner)
    var since = run.wallSeconds
    let spent = try GradualPruning(run: run)
      .prune(to: target, epochs: min(tuner.epochsLeft, epochs))
    var best = try run.judge(
      limit, from: start, epochs: spent, since: since, otherwise: .retrained)
    var holding = best == .exceeds ? 0 : 1
    while best < .isSafe, holding < policy.holdingCandidates, tuner.epochsLeft > 1e-9,
      !run.isOutOfTime, let wanted = repairingDensity(within: start)
    {
      let before = run.density
      since = run.wallSeconds
      let spent = try repair(
        to: wanted, epochs: min(tuner.epochsLeft, epochsPerRepair), hasHeld: holding > 0)
      let status = try run.judge(
        limit, from: before, epochs: spent, since: since, otherwise: .retrained)
      best = max(best, status)
      if status == .holds { holding += 1 }
    }
    if best < .isSafe { try run.rollBack() }
    return best
  }

  /// Density that the network evaluated last should have to be safe: its own where training may be enough.
  ///
  /// The loss is taken to rise with the square of the logarithm of the density, from none at `start`.
  /// - Returns: `nil` where there is no hope short of the network before the pruning.
  private func repairingDensity(within start: Double) -> Double? {
    guard let last = run.rounds.last else { return nil }
    let density = run.density
    let allowed = limit.allowedPoints(
      dropPoints: last.dropPoints, upperBound: last.dropUpperBoundPoints)
    let mayTuneOn =
      run.rounds.dropLast().last?.densityAfter != last.densityAfter
      && last.dropPoints <= policy.tunableExcess * allowed
    if mayTuneOn, last.decision == .retrained { return density }
    let share = (allowed / max(last.dropPoints, allowed)).squareRoot()
    let wanted = max(
      density * policy.leastRegrowthFactor, start * pow(density / start, share))
    // Whole units do not come back one by one.
    let isWithinReach = !run.isStructural || last.decision == .retrained
    if wanted < start, isWithinReach { return wanted }
    return mayTuneOn ? density : nil
  }

  /// Trains with weights given back, a few by their gradients; many, or whole units, by a gradual pruning anew.
  ///
  /// - Parameter hasHeld: whether a network of this pruning was accepted, which is not given up for a pruning anew.
  /// - Returns: epochs spent.
  private func repair(to wanted: Double, epochs: Double, hasHeld: Bool) throws -> Double {
    let tuner = run.tuner
    let before = tuner.epochsSpent
    let mostRegrowth = run.isStructural ? 1 : policy.mostRegrowthFactor
    if !hasHeld, wanted > mostRegrowth * run.density {
      try run.rollBack()
      return try GradualPruning(run: run).prune(
        to: wanted, epochs: min(tuner.epochsLeft, policy.pruningEpochsPerRepair * epochs))
    }
    if wanted > run.density { try regrow(to: wanted) }
    try run.tune(epochs: epochs)
    return tuner.epochsSpent - before
  }

  /// Adds weights, of value zero, to a network that was trained without them.
  private func regrow(to density: Double) throws {
    let (session, tuner) = (run.session, run.tuner)
    _ = try session.change("regrow", "to \(density)") {
      let selector = RegrowthSelector(
        session: session, fit: tuner.fit, objective: tuner.labelObjective, options: run.options)
      try session.apply(try selector.select(keeping: density).masks)
      return true
    }
  }

  /// Looks for what can be pruned beyond the last accepted network where no training follows.
  ///
  /// - Returns: whether there was such a network.
  private func searchUntunedBeyond() throws -> Bool {
    let known = run.accepted.count
    try UntunedSearch(run: run, limit: limit, phase: .final).search(beyond: 1 - run.density)
    return run.accepted.count > known
  }

  /// Shrinks the density by a factor and trains; a larger factor after a safe step, until one breaks the budget, which is
  /// rolled back from with a gentler one.
  private func takeSteps(epochsPerStep: Double) throws {
    var factor = policy.firstStepFactor
    var hasFailed = false
    while run.tuner.epochsLeft > 1e-9, factor < policy.gentlestStepFactor, !run.isOutOfTime {
      let before = run.density
      let since = run.wallSeconds
      let spent = try GradualPruning(run: run).prune(
        to: run.attainable(before * factor), epochs: min(run.tuner.epochsLeft, epochsPerStep))
      let status = try run.judge(limit, from: before, epochs: spent, since: since)
      if status < .holds {
        try run.rollBack()
        hasFailed = true
        factor = factor.squareRoot()
      } else if status == .isSafe, !hasFailed {
        factor = max(factor * policy.firstStepFactor, policy.boldestStepFactor)
      }
    }
  }

  /// The smallest density that a fraction of an epoch nearly repairs, found by halving.
  ///
  /// A long gradual pruning wins back several times what the short recovery leaves; ``SearchPolicy/recoverableExcess`` says
  /// how much is hoped for.
  private func estimatedTargetDensity() throws -> Double {
    let (session, tuner) = (run.session, run.tuner)
    let start = try session.snapshot()
    var repaired = run.density / 2
    for _ in 0..<policy.recoveryTrials where tuner.epochsLeft > 0 && !run.isOutOfTime {
      try session.restore(start)
      try GradualPruning(run: run).pruneOnce(to: run.attainable(repaired / 2))
      try run.tune(epochs: policy.recoveryTrialShareOfEpochs * tuner.epochsLeft)
      let evaluation = try run.evaluate()
      let drop = evaluation.dropPoints(from: run.dense)
      let allowed = limit.allowedPoints(
        dropPoints: drop, upperBound: try run.dropUpperBoundPoints(of: evaluation))
      guard drop <= hopedRecovery(allowed) else { break }
      repaired /= 2
    }
    try session.restore(start)
    return run.attainable(repaired)
  }

  /// Points lost after a short recovery that a long gradual pruning may still win back, where `allowed` may be lost in the
  /// end.
  private func hopedRecovery(_ allowed: Double) -> Double {
    let hoped = policy.recoverableExcess * max(allowed, policy.fewestAllowedPoints)
    return run.options.metric.isHigherBetter
      ? min(hoped, allowed + policy.mostRecoverablePoints) : hoped
  }
}
