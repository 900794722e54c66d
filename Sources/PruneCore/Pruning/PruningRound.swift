/// One turn of the loop: a step, what it did to the network, and what was decided.
public struct PruningRound: Hashable, Sendable, Codable {
  /// What became of the network that a round made.
  public enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
    /// It keeps the budget and is where the next round starts.
    case accepted
    /// Tuned longer at the same density.
    case tunedLonger = "tuned-longer"
    /// It breaks the budget; the search goes on from the last accepted network.
    case steppedBack = "stepped-back"
  }

  /// Counts from 0, unique within the run.
  public var index: Int
  /// Share of the prunable connections kept before the step, 0 … 1; of the cost where whole units are cut out.
  public var densityBefore: Double
  /// The same share after the step.
  public var densityAfter: Double
  /// What the loop made of the result.
  public var decision: Decision
  /// On the search part, after recovery.
  public var metric: Double
  /// How far the metric fell below the dense network's; negative where it rose.
  public var dropPoints: Double
  /// Upper confidence bound of the drop on the search part; indicative, since decisions were taken on it.
  public var dropUpperBoundPoints: Double
  /// Fine-tuning within this round.
  public var epochs: Double
  /// Pruning, fine-tuning and evaluation of this round together.
  public var wallSeconds: Double
  /// Share of each prunable layer's connections kept, in graph order.
  public var layerDensities: [Double]

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

  /// Share removed after the step: `1 − densityAfter`.
  public var sparsity: Double { 1 - densityAfter }
}
