/// One turn of the loop: a step, what it did to the network, and what was decided.
public struct PruningRound: Hashable, Sendable, Codable {
  /// What became of the network that a round made.
  public enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
    case accepted
    /// Tuned longer at the same density.
    case tunedLonger = "tuned-longer"
    case steppedBack = "stepped-back"
  }

  /// Counts from 0, unique within the run.
  public var index: Int
  /// Share of prunable connections kept before and after, in 0 … 1.
  public var densityBefore: Double
  public var densityAfter: Double
  public var decision: Decision
  /// On the search part, after recovery.
  public var metric: Double
  /// How far the metric fell below the dense network's; negative where it rose.
  public var dropPoints: Double
  /// Upper confidence bound of the drop on the search part; indicative, since decisions were taken on it.
  public var dropUpperBoundPoints: Double
  /// Fine-tuning within this round.
  public var epochs: Double
  public var wallSeconds: Double
  /// Share of each prunable layer's connections kept, in graph order.
  public var layerDensities: [Double]

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

  public var sparsity: Double { 1 - densityAfter }
}
