import PruneCore
import PruneSession
import PruneTraining

/// Search for a budget on the size: a sparsity, or a limit of the cost. One network is made: in one step without
/// fine-tuning, else by gradual pruning over all epochs.
struct StatedSizeSearch<E: Engine> {
  let run: PruningRun<E>

  func reach(_ sparsity: Sparsity) throws -> PruningOutcome {
    if run.isStructural || run.options.objective != .parameters { run.reportCounting() }
    return try reach(density: sparsity.density)
  }

  func reach(_ limit: CostLimit) throws -> PruningOutcome {
    let amount =
      switch limit {
      case .share(let share): share * run.size.denseCost
      case .amount(let amount): amount
      }
    run.reportCounting(downTo: amount)
    return try reach(density: try run.size.density(keepingTo: amount))
  }

  private func reach(density: Double) throws -> PruningOutcome {
    try run.chooseCostExponent(at: density)
    let since = run.wallSeconds
    try TuningTrials(run: run).choose(towards: density)
    let spent = try GradualPruning(run: run).prune(to: density, epochs: run.tuner.epochsLeft)
    let evaluation = try run.evaluate()
    let upper = try run.dropUpperBoundPoints(of: evaluation)
    try run.accept(evaluation, dropUpperBoundPoints: upper)
    try run.note(
      .accepted, from: 1, evaluation: evaluation, upperBound: upper, epochs: spent, since: since)
    return try run.outcome(run.accepted.last, certificate: nil, isBudgetMet: true)
  }
}
