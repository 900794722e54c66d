import PruneCompensation
import PruneCore
import PruneSession
import PruneTraining

/// Events, rounds and the outcome of a run.
extension PruningRun {
  /// Adds the current network as a round and reports it.
  ///
  /// - Parameters:
  ///   - decision: decision about the network.
  ///   - before: density before the round.
  ///   - upperBound: upper bound of the evaluation's drop, in points.
  ///   - epochs: epochs of fine-tuning in the round.
  ///   - since: ``wallSeconds`` at the start of the round.
  func note(
    _ decision: PruningRound.Decision, from before: Double, evaluation: Evaluation,
    upperBound: Double, epochs: Double, since: Double
  ) throws {
    var round = PruningRound(
      index: rounds.count, densityBefore: before, densityAfter: density, decision: decision,
      metric: evaluation.value, dropPoints: evaluation.dropPoints(from: dense),
      dropUpperBoundPoints: upperBound, epochs: epochs, wallSeconds: wallSeconds - since,
      layerDensities: session.layers.map { session.masks[$0.parameter]?.density ?? 1 })
    round.selectedBy = selectedBy
    rounds.append(round)
    progress(.round(round))
    try reportWeights(round: round.index + 1)
  }

  /// Reports a step of fine-tuning.
  func report(_ step: TrainingProgress) {
    progress(.tuning(round: rounds.count, density: density, step))
  }

  /// Reports the quantity that densities are shares of.
  ///
  /// - Parameter limit: cost allowed, in the objective's unit; `nil` where a budget on the metric decides.
  func reportCounting(downTo limit: Double? = nil) {
    progress(
      .counting(
        CostTarget(
          objective: options.objective, isStructural: isStructural, dense: size.denseCost,
          limit: limit)))
  }

  /// Reports the kept weights of the current network, where they were asked for. Rounds that a resumed run replays are
  /// skipped: their weights need no longer be on disk.
  ///
  /// - Parameter round: number of the round, from 1; 0 for the dense network.
  func reportWeights(round: Int) throws {
    guard options.reportsWeights, session.journal?.isReplaying != true else { return }
    let parameters = try session.engine.parameters(of: session.program)
    progress(
      .weights(
        round: round,
        session.layers.map { layer in
          let values = parameters[layer.parameter]?.floats ?? []
          let kept = session.masks[layer.parameter]?.kept
          return LayerWeights(
            name: layer.name,
            kept: kept.map { zip(values, $0).compactMap { $1 ? $0 : nil } } ?? values)
        }))
  }

  /// Ends the run: restores the chosen network and makes its outcome.
  ///
  /// - Parameter chosen: candidate to return; `nil` for the dense network.
  func outcome(
    _ chosen: Candidate?, certificate: Certificate?, isBudgetMet: Bool
  ) throws -> PruningOutcome {
    try session.restore(chosen?.snapshot ?? denseSnapshot)
    // A journal with this entry is never continued, even where the clock would now allow more.
    _ = try session.measure("end") { isBudgetMet }
    if let passed = session.journal?.repeatedDeadlineSeconds,
      options.timeLimitSeconds.map({ $0 > passed }) ?? true
    {
      progress(
        .warning(
          "the time limit passed at \(Int(passed)) s, before the run was resumed; what ended then is not taken up again"
        ))
    }
    return PruningOutcome(
      graph: chosen == nil ? session.graph : try currentGraph(), masks: session.masks,
      rounds: rounds, selectedBy: chosen?.selectedBy, certificate: certificate,
      isBudgetMet: isBudgetMet, dense: dense, pruned: chosen?.evaluation ?? dense,
      layers: session.layers, evaluations: evaluations, gradientEvaluations: gradientEvaluations,
      epochs: tuner.epochsSpent, compensation: compensationRecord, stoppedBy: stoppedBy,
      wallSeconds: wallSeconds)
  }
}
