import PruneCore
import PruneData
import PruneSession
import PruneTraining

/// Search for a budget on the metric: finds the smallest network that keeps the metric on the validation part, then
/// certifies it.
struct MetricSearch<E: Engine> {
  let run: PruningRun<E>

  /// Searches for the smallest network whose metric is at least `value`, or at most `value` where lower is better.
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

  /// Searches for the smallest network whose metric drops by at most `maxDropPoints`, in points.
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
      // The tuned search finds the limit; this one only finds where to start.
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

  /// Prunes to an N:M pattern, which fixes the density: one network, fine-tuned for all epochs where there are any.
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

/// Limit of a candidate's drop on the validation part. It is on the drop's upper bound where a certificate follows, since a
/// network whose estimated drop only just keeps it fails the certificate half of the time.
struct SearchLimit {
  /// Largest allowed drop, in points.
  let points: Double
  /// `true` where the drop's upper bound has to keep to ``points``, and not only its estimate.
  let usesBound: Bool

  func holds(dropPoints: Double, upperBound: Double) -> Bool {
    (usesBound ? upperBound : dropPoints) <= points
  }

  /// Largest drop on the validation part, in points, with which a network holds whose bound lies as far above its drop as
  /// here; at least a tenth of ``points``, chosen by hand.
  func allowedPoints(dropPoints: Double, upperBound: Double) -> Double {
    usesBound ? max(points / 10, points - (upperBound - dropPoints)) : points
  }
}

/// Budget status of a network, by the validation part.
enum BudgetStatus: Comparable {
  /// The drop exceeds the limit.
  case exceeds
  /// The drop keeps the limit.
  case holds
  /// The drop keeps the limit and the network is likely to be certified.
  case isSafe
}

extension PruningRun {
  /// Evaluates the current network, accepts it where it keeps the limit, and adds the round.
  ///
  /// - Parameters:
  ///   - before: density before the round.
  ///   - epochs: epochs of fine-tuning in the round.
  ///   - since: ``wallSeconds`` at the start of the round.
  ///   - decision: decision noted where the limit is exceeded.
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
