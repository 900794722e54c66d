public import PruneCore

/// What a run of the loop found.
public struct PruningOutcome: Sendable {
  /// The pruned network; the dense one, unchanged, where ``isBudgetMet`` is `false`.
  public let graph: Graph
  public let masks: MaskSet
  public let rounds: [PruningRound]
  /// `nil` for a sparsity budget, or where the certify part is too small to certify the budget.
  public let certificate: Certificate?
  public let isBudgetMet: Bool
  /// Of the dense and the returned network on the search part.
  public let dense: Evaluation
  public let pruned: Evaluation
  public let layers: [PrunableLayer]
  /// Evaluations of a candidate network, on the search or the certify part.
  public let evaluations: Int
  /// Gradients that selections of connections took, each over a sample of the fit part; 0 for a ranking in one step.
  public let gradientEvaluations: Int
  public let epochs: Double
  /// What compensation did and took; `nil` where there was none.
  public let compensation: CompensationRecord?
  public let wallSeconds: Double

  public var sparsity: Double { masks.sparsity }
}
