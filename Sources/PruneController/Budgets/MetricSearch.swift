import PruneCore
import PruneData
import PruneSession
import PruneTraining

/// Budgets on the metric: the smallest network that keeps the metric is searched for, then certified.
struct MetricSearch<E: Engine> {
  let run: PruningRun<E>

  /// The smallest network whose metric is at least `value`, or at most for an error.
  func search(downTo value: Double) throws -> PruningOutcome {
    let metric = run.options.metric
    let spare = 100 * (metric.isHigherBetter ? run.dense.value - value : value - run.dense.value)
    guard spare >= 0 else {
      run.progress(
        .warning(
          "the dense network itself has \(metric.rawValue) \(run.dense.value) on the validation part, beyond the "
            + "asked \(value); train it further or ask for less"))
      return try run.outcome(nil, certificate: nil, isBudgetMet: false)
    }
    return try search(maxDropPoints: spare)
  }

  /// The smallest network whose drop keeps within `maxDropPoints`.
  func search(maxDropPoints: Double) throws -> PruningOutcome {
    let needed = try run.bound.fewestExamples(certifying: maxDropPoints, like: run.dense)
    let isCertifiable = run.split.certification.count >= needed
    if !isCertifiable {
      run.progress(.warning(uncertifiable(maxDropPoints: maxDropPoints, needed: needed)))
    }
    if run.isStructural || run.options.objective != .parameters { run.reportCounting() }
    try run.chooseCostExponent(at: run.policy.costTrialDensity)
    let limit = SearchLimit(points: maxDropPoints, usesBound: isCertifiable)
    if case .nm(let pattern) = run.options.granularity {
      try prune(to: pattern, limit)
    } else if run.tuner.epochsLeft > 1e-9 {
      // Where the network is fine-tuned next, that finds the limit; this only finds where to start.
      try UntunedSearch(run: run, limit: limit, phase: .beforeTuning)
        .search(isFirstEnough: true)
      try TunedSearch(run: run, limit: limit).search()
    } else {
      try UntunedSearch(run: run, limit: limit, phase: run.usualPhase).search()
    }
    guard !run.accepted.isEmpty else {
      return try run.outcome(nil, certificate: nil, isBudgetMet: false)
    }
    guard isCertifiable else {
      return try run.outcome(run.accepted.last, certificate: nil, isBudgetMet: true)
    }
    return try Certification(run: run, maxDropPoints: maxDropPoints).outcome()
  }

  /// A pattern fixes the density: one network, fine-tuned for all epochs where fine-tuning is asked for.
  private func prune(to pattern: NMPattern, _ limit: SearchLimit) throws {
    let since = run.wallSeconds
    let before = run.density
    let target = Double(pattern.kept) / Double(pattern.of)
    try TuningTrials(run: run).choose(towards: target)
    let spent = try GradualPruning(run: run).prune(to: target, epochs: run.tuner.epochsLeft)
    _ = try run.judge(limit, from: before, epochs: spent, since: since)
  }

  /// Warning at the start where the certification part is too small.
  private func uncertifiable(maxDropPoints: Double, needed: Int) -> String {
    let remedy =
      if needed > DataSplit.largestPart {
        "no number of training examples would do, so allow a larger drop or ask for less confidence"
      } else {
        "\(needed) would do, so give at least \(needed * DataSplit.partDivisor) training examples"
      }
    return
      "a drop of \(maxDropPoints) points cannot be certified at \(run.options.confidence) with "
      + "\(run.split.certification.count) certification examples; \(remedy); the run goes on without a certificate"
  }
}

/// Limit that a candidate must keep on the validation part: its upper bound where a certificate will be asked for, since a
/// network that only just keeps the point estimate fails there half of the time.
struct SearchLimit {
  /// Points that may be lost.
  let points: Double
  /// Whether the upper bound has to keep to ``points``, and not only the estimate.
  let usesBound: Bool

  func holds(dropPoints: Double, upperBound: Double) -> Bool {
    (usesBound ? upperBound : dropPoints) <= points
  }

  /// Points that a network may lose on the validation part to hold, where its bound lies as far above its drop as here.
  func allowedPoints(dropPoints: Double, upperBound: Double) -> Double {
    usesBound ? max(points / 10, points - (upperBound - dropPoints)) : points
  }
}

/// How a candidate stands to the budget, by the validation part.
enum BudgetStatus: Comparable {
  case exceeds
  case holds
  /// Likely to be certified, not just as likely as not.
  case isSafe
}

extension PruningRun {
  /// Evaluates the network as it is, accepts it where it keeps the limit, and notes the round.
  func judge(
    _ limit: SearchLimit, from before: Double, epochs: Double, since: Double,
    otherwise decision: PruningRound.Decision = .rolledBack
  ) throws -> BudgetStatus {
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
}
