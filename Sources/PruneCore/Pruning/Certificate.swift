/// A bound on the true drop of the metric, proved on data that no decision had seen.
public struct Certificate: Hashable, Sendable, Codable {
  /// The promise: at most this many points lost on unseen data.
  public let maxDropPoints: Double
  /// Probability with which the bound holds, over draws of the certify part.
  public let confidence: Double
  /// One-sided upper confidence bound on the true drop, in points.
  public let dropUpperBoundPoints: Double
  /// Examples of the certify part.
  public let samples: Int
  /// Examples the dense network got right and the pruned one does not.
  public let regressed: Int
  /// Examples the pruned network got right and the dense one did not.
  public let recovered: Int

  public init(
    maxDropPoints: Double, confidence: Double, dropUpperBoundPoints: Double, samples: Int,
    regressed: Int, recovered: Int
  ) {
    self.maxDropPoints = maxDropPoints
    self.confidence = confidence
    self.dropUpperBoundPoints = dropUpperBoundPoints
    self.samples = samples
    self.regressed = regressed
    self.recovered = recovered
  }

  public var holds: Bool { dropUpperBoundPoints <= maxDropPoints }
}
