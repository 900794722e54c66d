/// One round of the pruning loop: a step, its effect on the network, and the decision.
public struct PruningRound: Hashable, Sendable, Codable {
  /// Decision on the network that a round made.
  public enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
    /// Accepted: it keeps the budget, and the next round starts from it.
    case accepted
    /// Retrained at the same density.
    case retrained
    /// Rolled back: it breaks the budget, and the search continues from the last accepted network.
    case rolledBack = "rolled-back"
  }

  /// Index of the round, from 0, unique within the run.
  public var index: Int
  /// Share of the prunable weights kept before the step, 0 … 1; of the cost where whole units are cut out.
  public var densityBefore: Double
  /// Share kept after the step, as ``densityBefore``.
  public var densityAfter: Double
  /// Decision on the result.
  public var decision: Decision
  /// Metric on the validation part, after recovery.
  public var metric: Double
  /// Drop of the metric below the dense network's, in points; negative where it rose.
  public var dropPoints: Double
  /// Upper confidence bound of the drop on the validation part, in points; indicative, since decisions were taken on it.
  public var dropUpperBoundPoints: Double
  /// Epochs of fine-tuning within this round; may be a fraction.
  public var epochs: Double
  /// Wall time of pruning, fine-tuning and evaluation of this round together, in seconds.
  public var wallSeconds: Double
  /// Density of each prunable layer, 0 … 1, in graph order.
  public var layerDensities: [Double]
  /// Who decided the masks after the step; `nil` where the archive of the round does not say.
  public var selectedBy: SelectionSource?

  /// - Parameters:
  ///   - epochs: may be a fraction.
  ///   - layerDensities: in graph order, each in 0 … 1.
  public init(
    index: Int, densityBefore: Double, densityAfter: Double, decision: Decision, metric: Double,
    dropPoints: Double, dropUpperBoundPoints: Double, epochs: Double, wallSeconds: Double,
    layerDensities: [Double]
  ) {
    self.index = index
    self.densityBefore = densityBefore
    self.densityAfter = densityAfter
    self.decision = decision
    self.metric = metric
    self.dropPoints = dropPoints
    self.dropUpperBoundPoints = dropUpperBoundPoints
    self.epochs = epochs
    self.wallSeconds = wallSeconds
    self.layerDensities = layerDensities
  }

  /// Share pruned after the step: `1 − densityAfter`.
  public var sparsity: Double { 1 - densityAfter }
}
