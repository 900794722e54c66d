public import PruneCompensation
public import PruneCore
public import PruneTraining

/// What a run of the loop found.
public struct PruningOutcome: Sendable {
  /// The pruned network; the dense one, unchanged, where ``isBudgetMet`` is `false`.
  public let graph: Graph
  /// Of ``graph``, by value name.
  public let masks: MaskSet
  /// In the order in which they were tried, rejected ones included.
  public let rounds: [PruningRound]
  /// Who decided the masks of ``graph``; `nil` for the dense network.
  public let selectedBy: SelectionSource?
  /// `nil` for a sparsity budget, or where the certify part is too small to certify the budget.
  public let certificate: Certificate?
  /// Whether ``graph`` keeps the budget, by its certificate where one was asked for.
  public let isBudgetMet: Bool
  /// Of the dense and the returned network on the search part.
  public let dense: Evaluation
  /// Of the returned network on the search part.
  public let pruned: Evaluation
  /// Those of the dense network, in graph order.
  public let layers: [PrunableLayer]
  /// Evaluations of a candidate network, on the search or the certify part.
  public let evaluations: Int
  /// Gradients that selections of connections took, each over a sample of the fit part; 0 for a ranking in one step.
  public let gradientEvaluations: Int
  /// Epochs of fine-tuning in all; may be a fraction.
  public let epochs: Double
  /// What compensation did and took; `nil` where there was none.
  public let compensation: CompensationRecord?
  /// Of the whole run, what was done before a resumption included.
  public let wallSeconds: Double

  /// Share of the prunable connections that ``masks`` remove.
  public var sparsity: Double { masks.sparsity }
}
