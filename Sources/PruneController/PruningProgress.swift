public import PruneCore
public import PruneTraining

/// What a caller hears while the loop runs.
public enum PruningProgress: Sendable {
  /// The dense network's metric on the search part, and what there is to prune.
  case started(dense: Evaluation, connections: Int, layers: Int)
  /// The results of this many steps are taken from the checkpoint.
  case resumed(steps: Int)
  /// Something that a user should know, in one line; the run goes on.
  case warning(String)
  /// What shares of the network are counted in, where it is not its weights, with the dense network's cost and the limit.
  case counting(CostTarget)
  /// How the network will be tuned; told before the first tuning that counts.
  case tuningChosen(TuningChoice)
  /// A step of fine-tuning in a round; `density` is the share kept in it.
  case tuning(round: Int, density: Double, TrainingProgress)
  /// A round is over, and decided.
  case round(PruningRound)
  /// The weights left after a round, from 1, or of the dense network, 0; see ``PruningOptions/reportsWeights``.
  case weights(round: Int, [LayerWeights])
  /// The search is over; this many accepted networks may be tested on the certify part.
  case certifying(candidates: Int)
  /// What a candidate got on the certify part; one that does not hold ends the sequence.
  case certified(Certificate, sparsity: Double)
}

/// What a run's densities count, and how much is allowed.
public struct CostTarget: Hashable, Sendable {
  /// Quantity that is counted.
  public let objective: CostObjective
  /// Whether only whole units count, or every single weight that is not zero.
  public let isStructural: Bool
  /// Cost of the dense network, in the objective's unit: weights, multiply–accumulates, bytes, seconds.
  public let dense: Double
  /// Cost allowed, in the same unit; `nil` where a budget on the metric decides.
  public let limit: Double?
}

/// Weights of a layer that are not pruned, for those who watch a run.
public struct LayerWeights: Hashable, Sendable {
  /// Name of the layer, as ``PrunableLayer/name``.
  public let name: String
  /// Values in stored order, pruned ones left out.
  public let left: [Float]
}
