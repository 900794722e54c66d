import Foundation
import PruneCore
import PruneData

extension PruningRun {
  /// The smallest network whose drop keeps within `maxDropPoints`.
  func search(maxDropPoints: Double) throws -> PruningOutcome {
    let needed = bound.fewestExamples(certifying: maxDropPoints)
    let isCertifiable = split.certify.count >= needed
    if !isCertifiable {
      progress(
        .warning(
          "a drop of \(maxDropPoints) points cannot be certified at \(options.confidence) with "
            + "\(split.certify.count) held-out examples\(needed == .max ? "" : "; \(needed) would do, so give at least \(needed * 8) training examples")"
            + "; the search goes on without a certificate"))
    }
    let limit = SearchLimit(points: maxDropPoints, usesBound: isCertifiable)
    try searchWithoutTuning(limit)
    if tuner.epochsLeft > 0 { try searchWithTuning(limit) }
    guard !accepted.isEmpty else { return try outcome(nil, certificate: nil, isBudgetMet: false) }
    guard isCertifiable else {
      return try outcome(accepted.last, certificate: nil, isBudgetMet: true)
    }
    return try certifiedOutcome(maxDropPoints: maxDropPoints)
  }

  /// What a candidate must keep on the search part: the bound itself where a certificate will be asked for, since a
  /// network that only just keeps the point estimate fails there half of the time.
  struct SearchLimit {
    let points: Double
    let usesBound: Bool

    func holds(dropPoints: Double, upperBound: Double) -> Bool {
      (usesBound ? upperBound : dropPoints) <= points
    }
  }

  /// Bisects the logit of the sparsity for the dense network pruned in one step.
  private func searchWithoutTuning(_ limit: SearchLimit) throws {
    var passing = logit(0.1)
    var failing: Double?
    var candidate = logit(0.5)
    for _ in 0..<Self.untunedCandidates {
      if isOutOfTime { break }
      let before = density
      let since = wallSeconds
      try restoreDense()
      try prune(to: 1 - sigmoid(candidate))
      let evaluation = try evaluate()
      let upper = try dropUpperBoundPoints(of: evaluation)
      if limit.holds(dropPoints: evaluation.dropPoints(from: dense), upperBound: upper) {
        try accept(evaluation, dropUpperBoundPoints: upper)
        note(.accepted, from: before, evaluation: evaluation, upperBound: upper, epochs: 0, since: since)
        passing = candidate
      } else {
        note(.steppedBack, from: before, evaluation: evaluation, upperBound: upper, epochs: 0, since: since)
        failing = candidate
      }
      candidate = failing.map { (passing + $0) / 2 } ?? candidate + 1
      if let failing, sigmoid(failing) - sigmoid(passing) < Self.sparsityResolution { break }
    }
    try stepBack()
  }

  /// Shrinks the density by a factor, tunes, and steps back with a gentler factor when the budget breaks.
  private func searchWithTuning(_ limit: SearchLimit) throws {
    var factor = 0.5
    let epochsPerRound = tuner.epochsPerRound
    while tuner.epochsLeft > 1e-9, factor < Self.gentlestFactor, !isOutOfTime {
      let before = density
      let since = wallSeconds
      let target = before * factor
      try prune(to: target)
      var spent = try tune(epochsPerRound)
      var evaluation = try evaluate()
      var upper = try dropUpperBoundPoints(of: evaluation)
      var holds = limit.holds(dropPoints: evaluation.dropPoints(from: dense), upperBound: upper)
      if !holds, tuner.epochsLeft > 1e-9, !isOutOfTime, isWithinReach(evaluation, limit) {
        note(.tunedLonger, from: before, evaluation: evaluation, upperBound: upper, epochs: spent, since: since)
        spent = try tune(epochsPerRound)
        evaluation = try evaluate()
        upper = try dropUpperBoundPoints(of: evaluation)
        holds = limit.holds(dropPoints: evaluation.dropPoints(from: dense), upperBound: upper)
      }
      if holds {
        try accept(evaluation, dropUpperBoundPoints: upper)
        note(.accepted, from: before, evaluation: evaluation, upperBound: upper, epochs: spent, since: since)
      } else {
        note(.steppedBack, from: before, evaluation: evaluation, upperBound: upper, epochs: spent, since: since)
        try stepBack()
        factor = factor.squareRoot()
      }
    }
  }

  /// Whether another round of tuning may mend the drop: it is at most a few budgets deep.
  private func isWithinReach(_ evaluation: Evaluation, _ limit: SearchLimit) -> Bool {
    evaluation.dropPoints(from: dense) <= 3 * max(limit.points, 0.1)
  }

  private func tune(_ epochs: Double) throws -> Double {
    try tuner.tune(epochs: epochs, round: rounds.count, density: density, progress: progress)
  }

  /// Tests the accepted networks on the certify part, largest slack on the search part first, until one fails.
  private func certifiedOutcome(maxDropPoints: Double) throws -> PruningOutcome {
    progress(.certifying(candidates: accepted.count))
    let reference = try denseOnCertify()
    let order = accepted.indices.sorted {
      (accepted[$0].dropUpperBoundPoints, $0) < (accepted[$1].dropUpperBoundPoints, $1)
    }
    var best: (state: AcceptedState, certificate: Certificate)?
    for index in order {
      let state = accepted[index]
      let pruned = try certify(state, against: reference.outputs)
      let certificate = try bound.certificate(
        dense: reference.evaluation, pruned: pruned, maxDropPoints: maxDropPoints)
      guard certificate.holds else { break }
      if state.snapshot.masks.sparsity >= best?.state.snapshot.masks.sparsity ?? 0 {
        best = (state, certificate)
      }
    }
    return try outcome(best?.state, certificate: best?.certificate, isBudgetMet: best != nil)
  }

  private func logit(_ value: Double) -> Double { log(value / (1 - value)) }
  private func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

  private static var untunedCandidates: Int { 14 }
  private static var sparsityResolution: Double { 0.002 }
  private static var gentlestFactor: Double { 0.97 }
}
