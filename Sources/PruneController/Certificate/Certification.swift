import GSLNumerics
import PruneCore
import PruneData
import PruneSelection
import PruneSession
import PruneTraining

/// Tests candidates on the certification part, from the densest on, and returns the sparsest that passes.
///
/// A dense candidate is nearly sure to pass, which costs the others nothing. Where it passes even at half of the error
/// probability, the other half is reserved for the others, so that its failure does not end the tests. Order and shares
/// depend on the validation part alone.
struct Certification<E: Engine> {
  let run: PruningRun<E>
  let maxDropPoints: Double

  private var policy: SearchPolicy { run.policy }

  func outcome() throws -> PruningOutcome {
    try addFallback()
    let candidates = plannedCandidates()
    run.progress(.certifying(candidates: candidates.count))
    let reference = try denseOnCertificationPart()
    let sharedLevel = policy.firstTestShare * run.bound.errorProbability
    let isFirstSafe =
      run.passProbability(
        of: candidates[0].evaluation,
        upperBound: try run.dropUpperBoundPoints(
          of: candidates[0].evaluation, errorProbability: sharedLevel),
        at: sharedLevel, points: maxDropPoints)
      >= policy.likelyPass
    var certificates: [Int: Certificate] = [:]
    let passed = try FallbackSequence(
      count: candidates.count, firstShare: isFirstSafe ? policy.firstTestShare : 1
    ).rejected(errorProbability: run.bound.errorProbability) { position, level in
      let pruned = try evaluate(candidates[position], against: reference.outputs)
      let certificate = try run.bound.certificate(
        dense: reference.evaluation, pruned: pruned, maxDropPoints: maxDropPoints,
        errorProbability: level)
      run.progress(.certified(certificate, sparsity: candidates[position].sparsity))
      certificates[position] = certificate
      return certificate.holds
    }
    return try run.outcome(
      passed.last.map { candidates[$0] }, certificate: passed.last.flatMap { certificates[$0] },
      isBudgetMet: !passed.isEmpty)
  }

  /// Candidates of the certification plan, by rising sparsity.
  private func plannedCandidates() -> [PruningRun<E>.Candidate] {
    let rising = run.accepted.sorted { $0.density > $1.density }
    return CertificationPlan.positions(
      densities: rising.map(\.density), passProbabilities: rising.map(passProbability)
    ).map { rising[$0] }
  }

  /// Adds a lightly pruned fallback candidate where even the densest candidate may well fail.
  private func addFallback() throws {
    if case .nm = run.options.granularity { return }
    guard let densest = run.accepted.min(by: { $0.density > $1.density }), !run.isOutOfTime,
      passProbability(densest) < policy.safeFallbackPass
    else { return }
    let since = run.wallSeconds
    try run.restoreDense()
    let before = run.density
    let removed = min(policy.fallbackSparsity, (1 - densest.density) / 2)
    guard try run.pruneIfPossible(to: 1 - removed, run.usualPhase, passes: .smallStep) else {
      return
    }
    _ = try run.judge(
      SearchLimit(points: maxDropPoints, usesBound: true), from: before, epochs: 0, since: since)
  }

  private func passProbability(_ candidate: PruningRun<E>.Candidate) -> Double {
    run.passProbability(
      of: candidate.evaluation, upperBound: candidate.dropUpperBoundPoints,
      at: run.bound.errorProbability, points: maxDropPoints)
  }

  /// Evaluates a candidate on the certification part.
  private func evaluate(
    _ candidate: PruningRun<E>.Candidate, against outputs: [HostTensor]?
  ) throws -> Evaluation {
    let session = run.session
    try session.restore(candidate.snapshot)
    run.evaluations += 1
    // Where units are cut out, the network that will be written is the one to be certified.
    let small = run.isStructural ? try run.currentGraph() : nil
    return try session.measure("evaluate", "on certification") {
      try run.evaluator.evaluate(
        try small.map { try session.engine.prepare($0) } ?? session.program,
        of: small ?? session.graph, with: session.engine, on: run.split.certification,
        against: outputs)
    }
  }

  /// Evaluates the dense network on the certification part; its outputs only where the metric is fidelity.
  private func denseOnCertificationPart() throws -> (
    evaluation: Evaluation, outputs: [HostTensor]?
  ) {
    try run.restoreDense()
    let session = run.session
    let outputs =
      run.options.metric == .fidelity
      ? try run.evaluator.references(
        try session.program, of: session.graph, with: session.engine, on: run.split.certification)
      : nil
    let evaluation = try run.evaluator.evaluate(
      try session.program, of: session.graph, with: session.engine, on: run.split.certification,
      against: outputs)
    return (evaluation, outputs)
  }
}

extension PruningRun {
  /// `true` where a network is likely to be certified, by a threshold that is lower where, with few examples, even an
  /// unchanged network may fail.
  ///
  /// - Parameter upperBound: upper bound of the evaluation's drop, in points.
  func isLikelyCertified(
    _ evaluation: Evaluation, upperBound: Double, _ limit: SearchLimit
  ) throws -> Bool {
    guard limit.usesBound else { return true }
    let unchanged = passProbability(
      of: dense, upperBound: try dropUpperBoundPoints(of: dense), at: bound.errorProbability,
      points: limit.points)
    let wanted = min(policy.likelyPass, (0.5 + unchanged) / 2)
    return passProbability(
      of: evaluation, upperBound: upperBound, at: bound.errorProbability, points: limit.points)
      >= wanted
  }

  /// Probability that a network passes its test on the certification part, estimated from the validation part with normal
  /// errors on both.
  ///
  /// - Parameters:
  ///   - evaluation: evaluation on the validation part.
  ///   - upperBound: upper bound of the evaluation's drop at `errorProbability`, in points.
  ///   - errorProbability: error probability of the test.
  ///   - points: largest allowed drop, in points.
  func passProbability(
    of evaluation: Evaluation, upperBound: Double, at errorProbability: Double, points: Double
  ) -> Double {
    let drop = evaluation.dropPoints(from: dense)
    let quantile = Distributions.normalQuantile(1 - errorProbability)
    let deviation = 2.0.squareRoot() * max(upperBound - drop, 1e-9) / max(quantile, 1e-9)
    return Distributions.normalProbability(below: (points - upperBound) / deviation)
  }
}
