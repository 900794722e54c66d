/// The limit asked for.
public enum Budget: Hashable, Sendable {
  /// The metric may fall by at most this many points (0.5 lets 98.2 % fall to 97.7 %) on unseen data.
  case maximumDrop(points: Double)
  /// The metric may not fall below this value on unseen data, nor rise above it where lower is better.
  case metricBound(Double)
  /// Exactly this share of the prunable connections goes.
  case sparsity(Sparsity)
  /// The network may cost at most so much, with the metric as good as can be.
  case cost(CostObjective, CostLimit)
}

extension Budget {
  /// Whether the metric is what is promised, rather than what the network costs.
  package var isAboutMetric: Bool {
    switch self {
    case .maximumDrop, .metricBound: true
    case .sparsity, .cost: false
    }
  }
}
