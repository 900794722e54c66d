import Foundation
import PruneCore
import PruneData

extension PruningRun {
  /// The smallest network whose metric is at least `value`, or at most for an error.
  func search(downTo value: Double) throws -> PruningOutcome {
    let spare = dropPoints(downTo: value)
    guard spare >= 0 else {
      progress(
        .warning(
          "the dense network itself has \(options.metric.rawValue) \(dense.value) on the search part, beyond the "
            + "asked \(value); train it further or ask for less"))
      return try outcome(nil, certificate: nil, isBudgetMet: false)
    }
    return try search(maxDropPoints: spare)
  }

  /// The smallest network whose drop keeps within `maxDropPoints`.
  func search(maxDropPoints: Double) throws -> PruningOutcome {
    let needed = try bound.fewestExamples(certifying: maxDropPoints, like: dense)
    let isCertifiable = split.certify.count >= needed
    if !isCertifiable {
      progress(.warning(uncertifiable(maxDropPoints: maxDropPoints, needed: needed)))
    }
    if structure != nil || options.objective != .parameters { count() }
    try chooseCostExponent(at: Self.costTrialDensity)
    let limit = SearchLimit(points: maxDropPoints, usesBound: isCertifiable)
    if case .nm(let pattern) = options.granularity {
      try searchPattern(pattern, limit)
    } else {
      // Where the network is tuned next, that finds the limit; this only finds where to start.
      try searchWithoutTuning(limit, isFirstEnough: tuner.epochsLeft > 1e-9)
      if tuner.epochsLeft > 1e-9 { try searchWithTuning(limit) }
    }
    guard !accepted.isEmpty else { return try outcome(nil, certificate: nil, isBudgetMet: false) }
    guard isCertifiable else {
      return try outcome(accepted.last, certificate: nil, isBudgetMet: true)
    }
    return try certifiedOutcome(maxDropPoints: maxDropPoints)
  }

  /// What is told at the start where the certify part is too small.
  private func uncertifiable(maxDropPoints: Double, needed: Int) -> String {
    let remedy =
      if needed > DataSplit.largestPart {
        "no number of training examples would do, so allow a larger drop or ask for less confidence"
      } else {
        "\(needed) would do, so give at least \(needed * DataSplit.partDivisor) training examples"
      }
    return "a drop of \(maxDropPoints) points cannot be certified at \(options.confidence) with "
      + "\(split.certify.count) held-out examples; \(remedy); the search goes on without a certificate"
  }

  /// A pattern fixes the density: one network, tuned for all epochs where tuning is asked for.
  private func searchPattern(_ pattern: NMPattern, _ limit: SearchLimit) throws {
    let since = wallSeconds
    let before = density
    let target = Double(pattern.kept) / Double(pattern.of)
    try chooseTuning(towards: target)
    let spent = try ramp(to: target, epochs: tuner.epochsLeft)
    _ = try judge(limit, from: before, epochs: spent, since: since)
  }

  /// What a candidate must keep on the search part: the bound itself where a certificate will be asked for, since a
  /// network that only just keeps the point estimate fails there half of the time.
  struct SearchLimit {
    let points: Double
    let usesBound: Bool

    func holds(dropPoints: Double, upperBound: Double) -> Bool {
      (usesBound ? upperBound : dropPoints) <= points
    }

    /// Points that a network may lose on the search part to hold, where its bound lies as far above its drop as here.
    func allowedPoints(dropPoints: Double, upperBound: Double) -> Double {
      usesBound ? max(points / 10, points - (upperBound - dropPoints)) : points
    }
  }

  /// Bisects the logit of the sparsity for the dense network pruned in one step.
  ///
  /// - Parameters:
  ///   - sparsest: share removed from a network that holds already; what is sparser is looked for.
  ///   - isFirstEnough: whether to end with the first network that holds.
  func searchWithoutTuning(
    _ limit: SearchLimit, beyond sparsest: Double? = nil, isFirstEnough: Bool = false
  ) throws {
    let selection = isFirstEnough ? IteratedSelectionOptions.smallStep : IteratedSelectionOptions()
    let known = max(Self.leastSparsity, sparsest ?? 0)
    var passing = logit(known)
    var failing: Double?
    var candidate = known > Self.leastSparsity ? passing + 1 : logit(0.5)
    for _ in 0..<Self.untunedCandidates {
      if isOutOfTime { break }
      let since = wallSeconds
      try restoreDense()
      let before = density
      guard try pruneIfPossible(to: 1 - sigmoid(candidate), selection: selection) else {
        failing = candidate
        candidate = (passing + candidate) / 2
        continue
      }
      if try judge(limit, from: before, epochs: 0, since: since) >= .holds
        || refinesToLimit(limit, density: 1 - sigmoid(candidate))
      {
        if isFirstEnough { break }
        passing = candidate
      } else {
        failing = candidate
      }
      candidate = failing.map { (passing + $0) / 2 } ?? candidate + 1
      if let failing, sigmoid(failing) - sigmoid(passing) < Self.sparsityResolution { break }
    }
    try stepBack()
  }

  /// Where the predictor as it is misses the limit, its θ is refined for that very density.
  private func refinesToLimit(_ limit: SearchLimit, density: Double) throws -> Bool {
    guard let refinement = refinement(share: Self.refinementShare) else { return false }
    let since = wallSeconds
    try restoreDense()
    guard try pruneIfPossible(to: density, refinement: refinement) else { return false }
    return try judge(limit, from: 1, epochs: 0, since: since) >= .holds
  }

  /// How a network stands to the limit, by the search part.
  enum Standing: Comparable {
    case exceeds
    case holds
    /// Likely to be certified, not just as likely as not.
    case isSafe
  }

  /// Evaluates the network as it is, accepts it where it keeps the limit, and notes the round.
  func judge(
    _ limit: SearchLimit, from before: Double, epochs: Double, since: Double,
    otherwise decision: PruningRound.Decision = .steppedBack
  ) throws -> Standing {
    let evaluation = try evaluate()
    let upper = try dropUpperBoundPoints(of: evaluation)
    let holds = limit.holds(dropPoints: evaluation.dropPoints(from: dense), upperBound: upper)
    if holds { try accept(evaluation, dropUpperBoundPoints: upper) }
    try note(
      holds ? .accepted : decision, from: before, evaluation: evaluation, upperBound: upper,
      epochs: epochs, since: since)
    guard holds else { return .exceeds }
    return try isLikelyCertified(evaluation, upperBound: upper, limit) ? .isSafe : .holds
  }

  private func logit(_ value: Double) -> Double { log(value / (1 - value)) }
  private func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

  private static var costTrialDensity: Double { 0.3 }
  private static var untunedCandidates: Int { 14 }
  /// Below it a search is not worth its while.
  private static var leastSparsity: Double { 0.1 }
  private static var refinementShare: Double { 0.25 }
  private static var sparsityResolution: Double { 0.01 }
}
