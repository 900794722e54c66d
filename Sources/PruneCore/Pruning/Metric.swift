/// Measure of a network's quality on data.
public enum Metric: String, Hashable, Sendable, CaseIterable, Codable {
  /// Share of examples, or positions, whose highest-scored class is the right one.
  case accuracy
  /// Share of examples, or positions, whose right class is among the five highest-scored.
  case top5
  /// Mean squared error of the first output.
  case mse
  /// Mean absolute error of the first output.
  case mae
  /// Exponential of the mean negative log-likelihood per position; 1 at best.
  case perplexity
  /// Agreement with the dense network: same top-1 class, or relative output error for other outputs. Needs no labels.
  case fidelity

  /// `true` where a larger value is better.
  public var isHigherBetter: Bool {
    switch self {
    case .accuracy, .top5, .fidelity: true
    case .mse, .mae, .perplexity: false
    }
  }

  /// `true` for a value that the metric can have: finite and ≥ 0, and at most 1 where higher is better.
  package func takes(_ value: Double) -> Bool {
    value.isFinite && value >= 0 && (value <= 1 || !isHigherBetter)
  }
}
