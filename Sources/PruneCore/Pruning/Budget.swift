/// Limit of a pruning run, on the metric or on the cost.
public enum Budget: Hashable, Sendable {
  /// Largest drop of the metric on unseen data, in points (0.5 lets 98.2 % fall to 97.7 %).
  case maximumDrop(points: Double)
  /// Lower bound of the metric on unseen data; upper bound where lower is better.
  case metricBound(Double)
  /// Share of the prunable weights that is pruned, exactly.
  case sparsity(Sparsity)
  /// Largest cost of the network, with the best metric that can be found.
  case cost(CostObjective, CostLimit)
}

extension Budget {
  /// `true` for a bound on the metric, `false` for one on sparsity or cost.
  package var isAboutMetric: Bool {
    switch self {
    case .maximumDrop, .metricBound: true
    case .sparsity, .cost: false
    }
  }
}

/// Invalid budget, or one that cannot be reached.
public enum BudgetError: Error, Equatable, CustomStringConvertible {
  /// A sparsity outside of `0 ..< 1`, or NaN; 1 would keep nothing.
  case sparsityOutOfRange(Double)
  /// A pattern that keeps nothing or everything; `1 <= kept < of` is needed.
  case badPattern(kept: Int, of: Int)
  /// A largest drop below 0 points, or NaN.
  case negativeDrop(Double)
  /// A bound of the metric below 0, infinite or NaN; on the command line also one above 1 where the metric is a
  /// fraction.
  case metricOutOfRange(Double, Metric)
  /// A confidence outside of `0.5 ..< 1`, or NaN.
  case confidenceOutOfRange(Double)
  /// Text that ``Granularity/init(_:)`` does not understand.
  case unknownGranularity(String)
  /// Text that is no limit of this cost.
  case badCostLimit(String, CostObjective)
  /// A cost limit below the cost of the parts that cannot be pruned.
  case costUnreachable(CostObjective, limit: Double, floor: Double)
  /// Costs that only pruning whole units reduces: single weights that are zero take as long as others.
  case objectiveNeedsUnits([CostObjective])

  public var description: String {
    switch self {
    case .sparsityOutOfRange(let value):
      "sparsity is \(value), expected 0 ..< 1; write 90 % as 0.9"
    case .badPattern(let kept, let of):
      "pattern keeps \(kept) of \(of), expected 1 <= kept < of; write 2 of 4 as nm:2:4"
    case .negativeDrop(let points):
      "--max-drop is \(points), expected a number of points >= 0; half a point is 0.5"
    case .metricOutOfRange(let value, let metric) where metric.isHigherBetter:
      "--min-metric is \(value), expected 0 ... 1 for \(metric.rawValue); write 97 % as 0.97"
    case .metricOutOfRange(let value, let metric):
      "--min-metric is \(value), expected a finite number >= 0 for \(metric.rawValue), in the metric's own unit"
    case .unknownGranularity(let text):
      "no granularity '\(text)'; choose one of \(Granularity.spellings.joined(separator: ", "))"
    case .badCostLimit(let text, let objective):
      "--max-\(objective.rawValue) is '\(text)', expected "
        + (objective == .latency
          ? "a time above 0 such as 2ms or 300us, or a share of the dense network's such as 0.5x"
          : "a number above 0 such as 200k or 1.5M, or a share of the dense network's such as 0.5x")
    case .costUnreachable(let objective, let limit, let floor):
      "cannot reach \(limit) \(objective.rawValue): what is not pruned costs \(floor) already; raise --max-\(objective.rawValue)"
    case .objectiveNeedsUnits(let objectives):
      "\(objectives.map(\.rawValue).joined(separator: ",")) can be saved only where whole units are cut out; add --granularity channel, head, layer or auto"
    case .confidenceOutOfRange(let value):
      "--confidence is \(value), expected 0.5 ..< 1; write 95 % as 0.95"
    }
  }
}
