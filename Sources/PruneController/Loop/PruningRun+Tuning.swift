import Foundation
import PruneCore

extension PruningRun {
  /// One long ramp to the density that a short recovery promises, then gentler steps with what is left of the epochs.
  ///
  /// A ramp that went too far gets connections back until it keeps the limit. Where it never does, there are too few
  /// epochs to tune a network that is that much smaller, and what can be had without is looked for.
  func searchWithTuning(_ limit: SearchLimit) throws {
    keepExtremeAccepted()
    try chooseTuning(towards: attainable(density / 10))
    let total = tuner.epochsLeft
    let target = try promisingDensity(limit)
    guard !isOutOfTime else { return try stepBack() }
    let round = Self.roundShareOfEpochs * total
    let standing = try takeRamp(
      to: target, limit, epochs: Self.rampShareOfEpochs * total, epochsPerRepair: round)
    switch standing {
    case .isSafe: try takeSteps(limit, epochsPerStep: round)
    case .holds: break
    case .exceeds:
      if try searchWithoutTuningBeyond(limit) { try takeSteps(limit, epochsPerStep: round) }
    }
  }

  /// A ramp to `target`; then, until it is safe, tuning, as a rule with more connections.
  ///
  /// - Parameters:
  ///   - epochs: of the ramp.
  ///   - epochsPerRepair: of each tuning after it.
  private func takeRamp(
    to target: Double, _ limit: SearchLimit, epochs: Double, epochsPerRepair: Double
  ) throws -> Standing {
    let start = density
    var since = wallSeconds
    let spent = try ramp(to: target, epochs: min(tuner.epochsLeft, epochs))
    var best = try judge(
      limit, from: start, epochs: spent, since: since, otherwise: .tunedLonger)
    var holding = best == .exceeds ? 0 : 1
    while best < .isSafe, holding < Self.rampCandidates, tuner.epochsLeft > 1e-9, !isOutOfTime,
      let wanted = repairingDensity(within: start, limit)
    {
      let before = density
      since = wallSeconds
      let spent = try repair(
        to: wanted, epochs: min(tuner.epochsLeft, epochsPerRepair), hasHeld: holding > 0)
      let standing = try judge(
        limit, from: before, epochs: spent, since: since, otherwise: .tunedLonger)
      best = max(best, standing)
      if standing == .holds { holding += 1 }
    }
    if best < .isSafe { try stepBack() }
    return best
  }

  /// How many connections the network evaluated last should have to be safe: as many as it has where tuning may be enough.
  ///
  /// The loss is taken to rise with the square of the logarithm of the density, from none at `start`.
  /// - Returns: `nil` where there is no hope short of the network before the ramp.
  private func repairingDensity(within start: Double, _ limit: SearchLimit) -> Double? {
    guard let last = rounds.last else { return nil }
    let allowed = limit.allowedPoints(
      dropPoints: last.dropPoints, upperBound: last.dropUpperBoundPoints)
    let mayTuneOn =
      rounds.dropLast().last?.densityAfter != last.densityAfter
      && last.dropPoints <= Self.tunableExcess * allowed
    if mayTuneOn, last.decision == .tunedLonger { return density }
    let share = (allowed / max(last.dropPoints, allowed)).squareRoot()
    let wanted = max(density * Self.regrowth, start * pow(density / start, share))
    // Whole units do not come back one by one.
    let isWithinReach = structure == nil || last.decision == .tunedLonger
    if wanted < start, isWithinReach { return wanted }
    return mayTuneOn ? density : nil
  }

  /// Tunes with connections given back, a few by their gradients; many, or whole units, by a ramp anew.
  ///
  /// - Parameter hasHeld: whether a network of this ramp was accepted, which is not given up for a ramp anew.
  /// - Returns: epochs spent.
  private func repair(to wanted: Double, epochs: Double, hasHeld: Bool) throws -> Double {
    let before = tuner.epochsSpent
    let mostRegrowth = structure == nil ? Self.mostRegrowth : 1
    if !hasHeld, wanted > mostRegrowth * density {
      try stepBack()
      return try ramp(to: wanted, epochs: min(tuner.epochsLeft, Self.rampPerRepair * epochs))
    }
    if wanted > density { try regrow(to: wanted) }
    try tune(epochs: epochs)
    return tuner.epochsSpent - before
  }

  /// Adds connections, with weight zero, to a network that was tuned without them.
  private func regrow(to density: Double) throws {
    _ = try session.change("regrow", "to \(density)") {
      let selector = RegrowthSelector(
        session: session, fit: tuner.fit, objective: tuner.labelObjective, options: options)
      try session.apply(try selector.select(keeping: density))
      return true
    }
  }

  /// Looks for what can be removed beyond the last accepted network where no training follows.
  ///
  /// - Returns: whether there was such a network.
  private func searchWithoutTuningBeyond(_ limit: SearchLimit) throws -> Bool {
    prunesForGood = true
    defer { prunesForGood = false }
    let known = accepted.count
    try searchWithoutTuning(limit, beyond: 1 - density)
    return accepted.count > known
  }

  /// Shrinks the density by a factor and tunes; a larger factor after a safe step, until one breaks the budget, which is
  /// stepped back from with a gentler one.
  private func takeSteps(_ limit: SearchLimit, epochsPerStep: Double) throws {
    var factor = Self.firstFactor
    var hasFailed = false
    while tuner.epochsLeft > 1e-9, factor < Self.gentlestFactor, !isOutOfTime {
      let before = density
      let since = wallSeconds
      let spent = try ramp(
        to: attainable(before * factor), epochs: min(tuner.epochsLeft, epochsPerStep))
      let standing = try judge(limit, from: before, epochs: spent, since: since)
      if standing < .holds {
        try stepBack()
        hasFailed = true
        factor = factor.squareRoot()
      } else if standing == .isSafe, !hasFailed {
        factor = max(factor * Self.firstFactor, Self.boldestFactor)
      }
    }
  }

  /// The smallest density that a fraction of an epoch nearly repairs, found by halving.
  ///
  /// A long ramp gains several times what the short recovery leaves; ``recoveryFactor`` says how much is hoped for.
  private func promisingDensity(_ limit: SearchLimit) throws -> Double {
    let start = try session.snapshot()
    var repaired = density / 2
    for _ in 0..<Self.promiseProbes where tuner.epochsLeft > 0 && !isOutOfTime {
      try session.restore(start)
      try pruneAsRampsDo(to: attainable(repaired / 2))
      try tune(epochs: Self.promiseEpochs * tuner.epochsLeft)
      let evaluation = try evaluate()
      let allowed = limit.allowedPoints(
        dropPoints: evaluation.dropPoints(from: dense),
        upperBound: try dropUpperBoundPoints(of: evaluation))
      guard evaluation.dropPoints(from: dense) <= hopedRecovery(allowed) else { break }
      repaired /= 2
    }
    try session.restore(start)
    return attainable(repaired)
  }

  /// Points lost after a short recovery that a long ramp may still win back, where `allowed` may be lost in the end.
  private func hopedRecovery(_ allowed: Double) -> Double {
    let hoped = Self.recoveryFactor * max(allowed, 0.1)
    // Under a wide budget even a network that knows nothing loses less than a multiple of it.
    return options.metric.isHigherBetter ? min(hoped, allowed + Self.mostRecovery) : hoped
  }

  /// Of the first ramp.
  static var rampShareOfEpochs: Double { 0.4 }
  private static var roundShareOfEpochs: Double { 0.12 }
  private static var regrowth: Double { 1.5 }
  /// Beyond it most of what returns would start at zero, chosen by one gradient; where exactly was not measured.
  private static var mostRegrowth: Double { 3 }
  private static var rampPerRepair: Double { 2 }
  /// Points lost, as a multiple of those allowed, that more tuning alone may win back.
  private static var tunableExcess: Double { 2 }
  /// Networks of one ramp that hold without being safe.
  private static var rampCandidates: Int { 3 }
  private static var firstFactor: Double { 0.75 }
  private static var boldestFactor: Double { 0.4 }
  private static var gentlestFactor: Double { 0.95 }
  private static var promiseProbes: Int { 6 }
  private static var promiseEpochs: Double { 0.015 }
  private static var recoveryFactor: Double { 6 }
  private static var mostRecovery: Double { 10 }
}
