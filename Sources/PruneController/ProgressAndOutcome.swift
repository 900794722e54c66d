public import PruneCompensation
public import PruneCore
public import PruneTraining

/// Progress events of a run.
public enum PruningProgress: Sendable {
  /// Start: the dense network's evaluation on the validation part, its prunable weights and its prunable layers.
  case started(dense: Evaluation, weights: Int, layers: Int)
  /// Resumption: the results of this many steps are taken from the checkpoint.
  case resumed(steps: Int)
  /// Warning to the user, one line; the run goes on.
  case warning(String)
  /// Quantity that densities are shares of, where it is not the number of weights.
  case counting(CostTarget)
  /// Chosen training target and learning rate, before the first fine-tuning that counts.
  case tuningChosen(TuningChoice)
  /// Step of fine-tuning in a round at some density, 0 … 1.
  case tuning(round: Int, density: Double, TrainingProgress)
  /// End of a round, with its decision.
  case round(PruningRound)
  /// Kept weights after a round, from 1, or of the dense network, round 0; see ``PruningOptions/reportsWeights``.
  case weights(round: Int, [LayerWeights])
  /// End of the search: this many candidates may be tested on the certification part.
  case certifying(candidates: Int)
  /// Certificate of one candidate on the certification part; one that does not hold may end the sequence.
  case certified(Certificate, sparsity: Double)
}

/// Quantity that a run's densities are shares of, with its limit.
public struct CostTarget: Hashable, Sendable {
  /// Quantity that is counted.
  public let objective: CostObjective
  /// `true` where the cost is of the network with whole units cut out, `false` where it is of single kept weights.
  public let isStructural: Bool
  /// Cost of the dense network, in the objective's unit: weights, multiply–accumulates, bytes, seconds.
  public let dense: Double
  /// Cost allowed, in the same unit; `nil` where a budget on the metric decides.
  public let limit: Double?
}

/// Kept weights of a layer, for progress reports.
public struct LayerWeights: Hashable, Sendable {
  /// Name of the layer, as ``PrunableLayer/name``.
  public let name: String
  /// Values of the kept weights, in stored order.
  public let kept: [Float]
}

/// Reason why a run ended.
public enum StopReason: String, Hashable, Sendable, Codable {
  /// The search was done.
  case search
  /// ``PruningOptions/timeLimitSeconds`` had passed.
  case timeLimit = "time-limit"
  /// The task was cancelled.
  case interrupted
}

/// Outcome of a run: the returned network, its evaluations, and the cost of the run.
public struct PruningOutcome: Sendable {
  /// The pruned network; the dense one, unchanged, where ``isBudgetMet`` is `false`.
  public let graph: Graph
  /// Masks of ``graph``, by value name.
  public let masks: MaskSet
  /// Rounds in the order in which they were tried, rejected ones included.
  public let rounds: [PruningRound]
  /// Pruning criterion that selected the masks of ``graph``; `nil` for the dense network.
  public let selectedBy: SelectionSource?
  /// Certificate of ``graph``; `nil` for a budget on the size, or where the certification part is too small.
  public let certificate: Certificate?
  /// `true` where ``graph`` keeps the budget, by its certificate where it has one.
  public let isBudgetMet: Bool
  /// Evaluation of the dense network on the validation part.
  public let dense: Evaluation
  /// Evaluation of the returned network on the validation part.
  public let pruned: Evaluation
  /// Prunable layers of the dense network, in graph order.
  public let layers: [PrunableLayer]
  /// Number of evaluations of candidates, on the validation or the certification part.
  public let evaluations: Int
  /// Number of gradients that selections took, each over a sample of the training part; 0 for selections in one pass.
  public let gradientEvaluations: Int
  /// Epochs of fine-tuning in all, with fractions.
  public let epochs: Double
  /// Record of the compensation; `nil` where there was none.
  public let compensation: CompensationRecord?
  /// Reason why the run ended.
  public let stoppedBy: StopReason
  /// Wall seconds of the whole run, the time before a resumption included.
  public let wallSeconds: Double

  /// Share of the prunable weights that ``masks`` prune, 0 … 1.
  public var sparsity: Double { masks.sparsity }
}
