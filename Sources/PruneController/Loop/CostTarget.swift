public import PruneCore

/// What a run counts in and how much is allowed.
public struct CostTarget: Hashable, Sendable {
  /// What is counted.
  public let objective: CostObjective
  /// Whether only whole units count, or every single weight that is not zero.
  public let isStructural: Bool
  /// Of the dense network, in the objective's unit: weights, multiply–accumulates, bytes, seconds.
  public let dense: Double
  /// `nil` where a budget on the metric decides.
  public let limit: Double?
}

extension PruningRun {
  /// - Parameter limit: in the objective's unit.
  func count(downTo limit: Double? = nil) {
    guard let dense = structure?.denseCost ?? costs?.dense else { return }
    progress(
      .counting(
        CostTarget(
          objective: options.objective, isStructural: structure != nil, dense: dense, limit: limit))
    )
  }

  /// Prunes until the network costs at most so much.
  func reach(_ limit: CostLimit) throws -> PruningOutcome {
    guard let dense = structure?.denseCost ?? costs?.dense else {
      throw ControllerError.objectiveNeedsUnits(options.objectives)
    }
    let amount =
      switch limit {
      case .share(let share): share * dense
      case .amount(let amount): amount
      }
    count(downTo: amount)
    let density =
      try costs?.density(keepingTo: amount) ?? min(1, amount / max(dense, .leastNormalMagnitude))
    return try reach(density: density)
  }
}
