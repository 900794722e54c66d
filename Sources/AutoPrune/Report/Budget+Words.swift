import PruneCore

extension Budget {
  /// Budget as a sentence.
  func words(metric: Metric) -> String {
    switch self {
    case .maximumDrop(let points):
      "Lose at most \(Format.points(points)) points of \(metric.rawValue)."
    case .metricBound(let value):
      "Keep the \(metric.rawValue) \(metric.isHigherBetter ? "at" : "at most") "
        + "\(Format.metric(value, metric))\(metric.isHigherBetter ? " or more" : "")."
    case .sparsity(let sparsity):
      "Prune \(Format.percent(sparsity.fraction)) of the prunable weights."
    case .cost(let objective, .share(let share)):
      "Reach at most \(Format.percent(share)) of the dense network's \(objective.words)."
    case .cost(let objective, .amount(let amount)):
      "Reach at most \(Format.cost(amount, objective))."
    }
  }
}
