/// How much a network may cost.
public enum CostLimit: Hashable, Sendable {
  /// Of the dense network's cost, above 0, at most 1.
  case share(Double)
  /// In the unit of the objective: weights, multiply–accumulates, bytes, seconds.
  case amount(Double)
}

extension CostLimit {
  /// Reads a limit as the command line writes it: `0.5x` is a share, `200k` or `1.5M` an amount, `2ms` a time.
  ///
  /// - Throws: ``BudgetError/badCostLimit(_:_:)``.
  public init(_ text: String, of objective: CostObjective) throws(BudgetError) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), number > 0, number.isFinite,
      let limit = Self.limit(number, unit: String(text.dropFirst(digits.count)), objective)
    else { throw .badCostLimit(text, objective) }
    self = limit
  }

  private static func limit(
    _ number: Double, unit: String, _ objective: CostObjective
  ) -> CostLimit? {
    if unit == "x" { return number <= 1 ? .share(number) : nil }
    let factors: [String: Double] =
      objective == .latency
      ? ["s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6] : ["": 1, "k": 1e3, "M": 1e6, "G": 1e9]
    return factors[unit].map { .amount(number * $0) }
  }
}
