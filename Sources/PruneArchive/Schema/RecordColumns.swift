import PruneCore

/// A budget as the columns `budget_kind` and `budget_value`.
struct BudgetColumns {
  let kind: String
  let value: Double

  init(kind: String, value: Double) {
    self.kind = kind
    self.value = value
  }

  init(_ budget: Budget) {
    switch budget {
    case .maximumDrop(let points): self.init(kind: "drop-points", value: points)
    case .metricBound(let metric): self.init(kind: "minimum-metric", value: metric)
    case .sparsity(let sparsity): self.init(kind: "sparsity", value: sparsity.fraction)
    case .cost(let objective, .share(let share)):
      self.init(kind: "cost-share-\(objective.rawValue)", value: share)
    case .cost(let objective, .amount(let amount)):
      self.init(kind: "cost-amount-\(objective.rawValue)", value: amount)
    }
  }

  func budget() throws -> Budget {
    for objective in CostObjective.allCases {
      if kind == "cost-share-\(objective.rawValue)" { return .cost(objective, .share(value)) }
      if kind == "cost-amount-\(objective.rawValue)" { return .cost(objective, .amount(value)) }
    }
    return switch kind {
    case "drop-points": .maximumDrop(points: value)
    case "minimum-metric": .metricBound(value)
    case "sparsity": .sparsity(try Sparsity(value))
    default: throw UnexpectedValue(column: "runs.budget_kind", value: kind)
    }
  }
}

extension ImportanceSource {
  init?(kind: String, name: String) {
    switch kind {
    case "predictor": self = .predictor(name)
    case "criterion": self = .criterion(name)
    default: return nil
    }
  }

  var kind: String {
    switch self {
    case .predictor: "predictor"
    case .criterion: "criterion"
    }
  }
}

extension Granularity {
  /// The inverse of ``description``; `nil` for other text.
  init?(archived text: String) {
    do { self = try Granularity(text) } catch { return nil }
  }
}
