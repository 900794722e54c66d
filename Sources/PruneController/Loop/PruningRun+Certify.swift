import GSLNumerics
import PruneCore
import PruneData

extension PruningRun {
  /// Tests accepted networks on the certify part, from the densest on, and returns the sparsest that passes.
  ///
  /// A dense one is nearly sure to pass, which costs the others nothing. Where it has room to spare, half of the error
  /// probability is kept for the others, so that not all is lost should it fail. Order and shares depend on the search
  /// part alone.
  func certifiedOutcome(maxDropPoints: Double) throws -> PruningOutcome {
    try addAnchor(maxDropPoints: maxDropPoints)
    let candidates = try certificationCandidates(maxDropPoints: maxDropPoints)
    progress(.certifying(candidates: candidates.count))
    let reference = try denseOnCertify()
    let sharedLevel = Self.sharedError * bound.errorProbability
    let isFirstSafe =
      passProbability(
        of: candidates[0].evaluation,
        upperBound: try dropUpperBoundPoints(
          of: candidates[0].evaluation, errorProbability: sharedLevel),
        at: sharedLevel, points: maxDropPoints)
      >= Self.safePass
    var certificates: [Int: Certificate] = [:]
    let passed = try FallbackSequence(
      count: candidates.count, firstShare: isFirstSafe ? Self.sharedError : 1
    ).rejected(errorProbability: bound.errorProbability) { position, level in
      let pruned = try certify(candidates[position], against: reference.outputs)
      let certificate = try bound.certificate(
        dense: reference.evaluation, pruned: pruned, maxDropPoints: maxDropPoints,
        errorProbability: level)
      progress(.certified(certificate, sparsity: candidates[position].sparsity))
      certificates[position] = certificate
      return certificate.holds
    }
    return try outcome(
      passed.last.map { candidates[$0] }, certificate: passed.last.flatMap { certificates[$0] },
      isBudgetMet: !passed.isEmpty)
  }

  /// By rising sparsity.
  private func certificationCandidates(maxDropPoints: Double) throws -> [AcceptedState] {
    let rising = accepted.sorted { $0.density > $1.density }
    return WorthwhileSequence.positions(
      densities: rising.map(\.density),
      passProbabilities: rising.map { passProbability(of: $0, points: maxDropPoints) }
    ).map { rising[$0] }
  }

  /// Prunes lightly where even the densest accepted network may well fail, so that there is one to begin with.
  private func addAnchor(maxDropPoints: Double) throws {
    if case .nm = options.granularity { return }
    guard let densest = accepted.min(by: { $0.density > $1.density }), !isOutOfTime,
      passProbability(of: densest, points: maxDropPoints) < Self.safeStart
    else { return }
    let since = wallSeconds
    try restoreDense()
    let before = density
    let removed = min(Self.anchorSparsity, (1 - densest.density) / 2)
    guard try pruneIfPossible(to: 1 - removed, selection: .smallStep) else { return }
    _ = try judge(
      SearchLimit(points: maxDropPoints, usesBound: true), from: before, epochs: 0, since: since)
  }

  /// Whether a network is likely to be certified, as far as networks can be with so many examples.
  ///
  /// - Parameter upperBound: of the evaluation's drop, in points.
  func isLikelyCertified(
    _ evaluation: Evaluation, upperBound: Double, _ limit: SearchLimit
  ) throws -> Bool {
    guard limit.usesBound else { return true }
    let unchanged = passProbability(
      of: dense, upperBound: try dropUpperBoundPoints(of: dense), at: bound.errorProbability,
      points: limit.points)
    let wanted = min(Self.safePass, (0.5 + unchanged) / 2)
    return passProbability(
      of: evaluation, upperBound: upperBound, at: bound.errorProbability, points: limit.points)
      >= wanted
  }

  private func passProbability(of state: AcceptedState, points: Double) -> Double {
    passProbability(
      of: state.evaluation, upperBound: state.dropUpperBoundPoints, at: bound.errorProbability,
      points: points)
  }

  /// How likely a network keeps its bound on the certify part, judged by the search part, with normal errors on both.
  ///
  /// - Parameter upperBound: of the evaluation's drop at `errorProbability`, in points.
  private func passProbability(
    of evaluation: Evaluation, upperBound: Double, at errorProbability: Double, points: Double
  ) -> Double {
    let drop = evaluation.dropPoints(from: dense)
    let quantile = Distributions.normalQuantile(1 - errorProbability)
    let deviation = 2.0.squareRoot() * max(upperBound - drop, 1e-9) / max(quantile, 1e-9)
    return Distributions.normalProbability(below: (points - upperBound) / deviation)
  }

  /// Evaluation of one accepted state on the certify part.
  private func certify(_ state: AcceptedState, against outputs: [HostTensor]?) throws -> Evaluation
  {
    try session.restore(state.snapshot)
    evaluations += 1
    // Where units go, the network that will be written is the one to be certified.
    let small = structure == nil ? nil : try currentGraph()
    return try session.measure("evaluate", "on certify") {
      try evaluator.evaluate(
        try small.map { try session.engine.prepare($0) } ?? session.program,
        of: small ?? session.graph, with: session.engine, on: split.certify, against: outputs)
    }
  }

  private func denseOnCertify() throws -> (evaluation: Evaluation, outputs: [HostTensor]?) {
    try restoreDense()
    let outputs =
      options.metric == .fidelity
      ? try evaluator.references(
        try session.program, of: session.graph, with: session.engine, on: split.certify) : nil
    let evaluation = try evaluator.evaluate(
      try session.program, of: session.graph, with: session.engine, on: split.certify,
      against: outputs)
    return (evaluation, outputs)
  }

  /// Share of the error probability that a safe first network is tested with.
  private static var sharedError: Double { 0.5 }
  private static var safePass: Double { 0.8 }
  private static var safeStart: Double { 0.9 }
  private static var anchorSparsity: Double { 0.25 }
}
