import PruneCore
import PruneData

extension PruningRun {
  /// Tests accepted networks on the certify part until one fails: first the one with the largest slack on the search part,
  /// then those with fewer connections than it, in the order of their sparsity.
  ///
  /// The order depends on the search part alone, so each test may use the whole error probability.
  func certifiedOutcome(maxDropPoints: Double) throws -> PruningOutcome {
    progress(.certifying(candidates: accepted.count))
    let reference = try denseOnCertify()
    let sequence = certificationSequence
    var best: (state: AcceptedState, certificate: Certificate)?
    for state in sequence {
      let pruned = try certify(state, against: reference.outputs)
      let certificate = try bound.certificate(
        dense: reference.evaluation, pruned: pruned, maxDropPoints: maxDropPoints)
      progress(.certified(certificate, sparsity: state.sparsity))
      guard certificate.holds else { break }
      best = (state, certificate)
    }
    return try outcome(best?.state, certificate: best?.certificate, isBudgetMet: best != nil)
  }

  private var certificationSequence: [AcceptedState] {
    guard let safest = accepted.min(by: { $0.dropUpperBoundPoints < $1.dropUpperBoundPoints })
    else { return [] }
    return accepted.filter { $0.sparsity >= safest.sparsity && !isOutdone($0, except: safest) }
      .sorted { $0.sparsity < $1.sparsity }
  }

  /// Whether a network pruned without tuning has both more connections and less slack than a tuned one: testing it could
  /// only end the sequence early.
  private func isOutdone(_ state: AcceptedState, except safest: AcceptedState) -> Bool {
    guard state.epochs == 0, state.sparsity > safest.sparsity else { return false }
    return accepted.contains {
      $0.epochs > 0 && $0.sparsity > state.sparsity
        && $0.dropUpperBoundPoints <= state.dropUpperBoundPoints
    }
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
}
