import Foundation
import PruneCore
import PruneSelection
import PruneSession
import PruneTraining

/// Search with fine-tuning: one long gradual pruning to the estimated target density, then gentler steps in the rest of the
/// epochs.
///
/// A network that lost too much is retrained with regrown weights until it keeps the limit. Where it never does, there are
/// too few epochs to fine-tune a network that small, and the search without fine-tuning continues.
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

  /// Prunes gradually to `target`; then retrains, as a rule with regrown weights, until the budget status is safe.
  ///
  /// - Parameters:
  ///   - target: density of the gradual pruning, 0 … 1.
  ///   - epochs: epochs of the gradual pruning.
  ///   - epochsPerRepair: epochs of each repair after it.
  /// - Returns: best budget status reached; the network is rolled back where that is not safe.
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

  /// Density to retrain the network evaluated last at: its own where training alone may be enough.
  ///
  /// The drop is modelled as the square of the logarithm of the density, with none at `start`.
  /// - Returns: `nil` where no density below `start` is expected to keep the limit.
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
    // Whole units are not regrown one by one.
    let isWithinReach = !run.isStructural || last.decision == .retrained
    if wanted < start, isWithinReach { return wanted }
    return mayTuneOn ? density : nil
  }

  /// Repairs the current network: regrows a few weights by their gradients and retrains; for many weights, or whole units,
  /// rolls back and prunes gradually anew.
  ///
  /// - Parameters:
  ///   - wanted: density to retrain at, 0 … 1.
  ///   - epochs: epochs of the retraining.
  ///   - hasHeld: `true` where a network of this pruning was accepted; it is not pruned anew then.
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

  /// Regrows weights, at value zero, until `density` is reached.
  private func regrow(to density: Double) throws {
    let (session, tuner) = (run.session, run.tuner)
    _ = try session.change("regrow", "to \(density)") {
      let selector = RegrowthSelector(
        session: session, fit: tuner.fit, objective: tuner.labelObjective, options: run.options)
      try session.apply(try selector.select(keeping: density).masks)
      return true
    }
  }

  /// Searches without fine-tuning for a sparser network than the last accepted one.
  ///
  /// - Returns: whether one was accepted.
  private func searchUntunedBeyond() throws -> Bool {
    let known = run.accepted.count
    try UntunedSearch(run: run, limit: limit, phase: .final).search(beyond: 1 - run.density)
    return run.accepted.count > known
  }

  /// Prunes gradually by a factor of the density at each step. The steps grow after a safe one; a step that exceeds the
  /// budget is rolled back, and the following ones are gentler.
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

  /// Estimated target density: the smallest, found by halving, at which a recovery trial of a fraction of an epoch comes near
  /// the limit.
  ///
  /// A long gradual pruning recovers several times what the trial leaves; see ``SearchPolicy/recoverableExcess``.
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

  /// Largest drop after a recovery trial, in points, from which a long gradual pruning is expected to recover to `allowed`.
  private func hopedRecovery(_ allowed: Double) -> Double {
    let hoped = policy.recoverableExcess * max(allowed, policy.fewestAllowedPoints)
    return run.options.metric.isHigherBetter
      ? min(hoped, allowed + policy.mostRecoverablePoints) : hoped
  }
}
