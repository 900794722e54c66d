/// How well a network does on data.
public enum Metric: String, Hashable, Sendable, CaseIterable, Codable {
  case accuracy
  case top5
  case mse
  case mae
  case perplexity
  /// Agreement with the dense network: same top-1 class, or relative output error for other outputs. Needs no labels.
  case fidelity

  /// Whether a larger value is better.
  public var isHigherBetter: Bool {
    switch self {
    case .accuracy, .top5, .fidelity: true
    case .mse, .mae, .perplexity: false
    }
  }
}
