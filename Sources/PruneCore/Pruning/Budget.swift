/// The limit asked for.
public enum Budget: Hashable, Sendable {
  /// The metric may fall by at most this many points (0.5 lets 98.2 % fall to 97.7 %) on unseen data.
  case accuracyDrop(points: Double)
  /// The metric may not fall below this fraction on unseen data.
  case minimumMetric(Double)
  /// Exactly this share of the prunable connections goes.
  case sparsity(Sparsity)
  /// The network may cost at most so much, with the metric as good as can be.
  case cost(CostObjective, CostLimit)
}

extension Budget {
  /// Whether the metric is what is promised, rather than what the network costs.
  package var isAboutMetric: Bool {
    switch self {
    case .accuracyDrop, .minimumMetric: true
    case .sparsity, .cost: false
    }
  }
}

/// Why a budget makes no sense.
public enum BudgetError: Error, Equatable, CustomStringConvertible {
  /// A share to remove outside of `0 ..< 1`, or NaN; 1 would leave nothing.
  case sparsityOutOfRange(Double)
  /// A pattern that keeps nothing or everything; `1 <= kept < of` is needed.
  case badPattern(kept: Int, of: Int)
  /// Points below 0, or NaN.
  case negativeDrop(Double)
  /// A floor of the metric below 0, infinite or NaN.
  case metricOutOfRange(Double)
  /// A confidence outside of `0.5 ..< 1`, or NaN.
  case confidenceOutOfRange(Double)
  /// Text that ``Granularity/init(_:)`` does not understand.
  case unknownGranularity(String)
  /// Text that is no limit for this objective.
  case badCostLimit(String, CostObjective)
  /// What is not pruned costs more than is allowed already.
  case costUnreachable(CostObjective, limit: Double, floor: Double)

  public var description: String {
    switch self {
    case .sparsityOutOfRange(let value):
      "sparsity is \(value), expected 0 ..< 1; write 90 % as 0.9"
    case .badPattern(let kept, let of):
      "pattern keeps \(kept) of \(of), expected 1 <= kept < of; write 2 of 4 as nm:2:4"
    case .negativeDrop(let points):
      "--max-drop is \(points), expected a number of points >= 0; half a point is 0.5"
    case .metricOutOfRange(let value):
      "--min-metric is \(value), expected 0 ... 1; write 97 % as 0.97"
    case .unknownGranularity(let text):
      "no granularity '\(text)'; choose one of \(Granularity.spellings.joined(separator: ", "))"
    case .badCostLimit(let text, let objective):
      "--max-\(objective.rawValue) is '\(text)', expected "
        + (objective == .latency
          ? "a time above 0 such as 2ms or 300us, or a share of the dense network's such as 0.5x"
          : "a number above 0 such as 200k or 1.5M, or a share of the dense network's such as 0.5x")
    case .costUnreachable(let objective, let limit, let floor):
      "cannot reach \(limit) \(objective.rawValue): what is not pruned costs \(floor) already; raise --max-\(objective.rawValue)"
    case .confidenceOutOfRange(let value):
      "--confidence is \(value), expected 0.5 ..< 1; write 95 % as 0.95"
    }
  }
}
