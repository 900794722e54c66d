public import PruneCore

/// What a network scored on some data.
public struct Evaluation: Sendable, Hashable {
  public let metric: Metric
  /// A fraction for accuracy, top5 and fidelity; the metric's own unit otherwise.
  public let value: Double
  /// Each example's contribution, `[N]`: 1 or 0 for accuracy, top5 and agreement; squared or absolute error;
  /// negative log-likelihood in nats for perplexity.
  public let contributions: [Float]
  public let wallSeconds: Double

  public init(metric: Metric, contributions: [Float], wallSeconds: Double) {
    self.metric = metric
    self.contributions = contributions
    self.wallSeconds = wallSeconds
    let mean = Self.mean(contributions)
    value = metric == .perplexity ? mean.isFinite ? Double.exponential(mean) : mean : mean
  }

  public var examples: Int { contributions.count }

  /// How much worse `self` is than `dense`, in points: 1 is a hundredth of the metric.
  public func dropPoints(from dense: Evaluation) -> Double {
    let difference = metric.isHigherBetter ? dense.value - value : value - dense.value
    return 100 * difference
  }

  private static func mean(_ values: [Float]) -> Double {
    values.isEmpty ? .nan : values.reduce(0) { $0 + Double($1) } / Double(values.count)
  }
}
