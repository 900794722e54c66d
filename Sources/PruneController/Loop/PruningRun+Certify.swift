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
    let safest = accepted.min { $0.dropUpperBoundPoints < $1.dropUpperBoundPoints }
    let leastSparsity = safest?.snapshot.masks.sparsity ?? 0
    let sequence = accepted.filter { $0.snapshot.masks.sparsity >= leastSparsity }
      .sorted { $0.snapshot.masks.sparsity < $1.snapshot.masks.sparsity }
    var best: (state: AcceptedState, certificate: Certificate)?
    for state in sequence {
      let pruned = try certify(state, against: reference.outputs)
      let certificate = try bound.certificate(
        dense: reference.evaluation, pruned: pruned, maxDropPoints: maxDropPoints)
      progress(.certified(certificate, sparsity: state.snapshot.masks.sparsity))
      guard certificate.holds else { break }
      best = (state, certificate)
    }
    return try outcome(best?.state, certificate: best?.certificate, isBudgetMet: best != nil)
  }

  /// Evaluation of one accepted state on the certify part.
  private func certify(_ state: AcceptedState, against outputs: [HostTensor]?) throws -> Evaluation
  {
    try session.restore(state.snapshot)
    evaluations += 1
    return try evaluator.evaluate(
      session.program, of: session.graph, with: session.engine, on: split.certify, against: outputs)
  }

  private func denseOnCertify() throws -> (evaluation: Evaluation, outputs: [HostTensor]?) {
    try restoreDense()
    let outputs =
      options.metric == .fidelity
      ? try evaluator.outputs(session.program, with: session.engine, on: split.certify) : nil
    let evaluation = try evaluator.evaluate(
      session.program, of: session.graph, with: session.engine, on: split.certify, against: outputs)
    return (evaluation, outputs)
  }
}
