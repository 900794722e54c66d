import Foundation
import PruneCore

extension PruningRun {
  /// One long ramp to the density that a short recovery promises, then gentler steps with what is left of the epochs.
  func searchWithTuning(_ limit: SearchLimit) throws {
    keepExtremeAccepted()
    try chooseTuning(towards: attainable(density / 10))
    let total = tuner.epochsLeft
    var density = try promisingDensity(limit)
    var share = Self.rampShareOfEpochs
    while tuner.epochsLeft > 1e-9, !isOutOfTime {
      let before = self.density
      let since = wallSeconds
      let spent = try ramp(to: density, epochs: min(tuner.epochsLeft, share * total))
      if try judge(
        limit, from: before, epochs: spent, since: since, otherwise: .tunedLonger, isSafe: true)
      {
        break
      }
      let rampEnd = tuner.epochsSpent
      try tune(epochs: min(tuner.epochsLeft, Self.roundShareOfEpochs * total))
      if try judge(
        limit, from: before, epochs: tuner.epochsSpent - rampEnd, since: since, isSafe: true)
      {
        break
      }
      try stepBack()
      density = (density * self.density).squareRoot()
      share = Self.retryShareOfEpochs
    }
    try takeSteps(limit, epochsPerStep: Self.roundShareOfEpochs * total)
  }

  /// Shrinks the density by a factor, tunes, and steps back with a gentler factor when the budget breaks.
  private func takeSteps(_ limit: SearchLimit, epochsPerStep: Double) throws {
    var factor = Self.firstFactor
    while tuner.epochsLeft > 1e-9, factor < Self.gentlestFactor, !isOutOfTime {
      let before = density
      let since = wallSeconds
      let spent = try ramp(
        to: attainable(before * factor), epochs: min(tuner.epochsLeft, epochsPerStep))
      if try judge(limit, from: before, epochs: spent, since: since) { continue }
      try stepBack()
      factor = factor.squareRoot()
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
      let drop = try evaluate().dropPoints(from: dense)
      guard drop <= hopedRecovery(of: limit) else { break }
      repaired /= 2
    }
    try session.restore(start)
    return attainable(repaired)
  }

  /// Points lost after a short recovery that a long ramp may still win back.
  private func hopedRecovery(of limit: SearchLimit) -> Double {
    let hoped = Self.recoveryFactor * max(limit.points, 0.1)
    // Under a wide budget even a network that knows nothing loses less than a multiple of it.
    return options.metric.isHigherBetter ? min(hoped, limit.points + Self.mostRecovery) : hoped
  }

  private static var rampShareOfEpochs: Double { 0.4 }
  private static var retryShareOfEpochs: Double { 0.25 }
  private static var roundShareOfEpochs: Double { 0.12 }
  private static var firstFactor: Double { 0.75 }
  private static var gentlestFactor: Double { 0.95 }
  private static var promiseProbes: Int { 6 }
  private static var promiseEpochs: Double { 0.015 }
  private static var recoveryFactor: Double { 6 }
  private static var mostRecovery: Double { 10 }
}
