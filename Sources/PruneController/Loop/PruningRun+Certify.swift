import PruneCore
import PruneData

extension PruningRun {
  /// Tests the accepted networks on the certify part, largest slack on the search part first, until one fails.
  func certifiedOutcome(maxDropPoints: Double) throws -> PruningOutcome {
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
      progress(.certified(certificate, sparsity: state.snapshot.masks.sparsity))
      guard certificate.holds else { break }
      if state.snapshot.masks.sparsity >= best?.state.snapshot.masks.sparsity ?? 0 {
        best = (state, certificate)
      }
    }
    return try outcome(best?.state, certificate: best?.certificate, isBudgetMet: best != nil)
  }

  /// Evaluation of one accepted state on the certify part.
  private func certify(_ state: AcceptedState, against outputs: [HostTensor]?) throws -> Evaluation {
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
