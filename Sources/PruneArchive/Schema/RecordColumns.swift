import PruneCore

/// A budget as two columns.
struct BudgetColumns {
  let kind: String
  let value: Double

  init(kind: String, value: Double) {
    self.kind = kind
    self.value = value
  }

  init(_ budget: Budget) {
    switch budget {
    case .accuracyDrop(let points): self.init(kind: "drop-points", value: points)
    case .minimumMetric(let metric): self.init(kind: "minimum-metric", value: metric)
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
    case "drop-points": .accuracyDrop(points: value)
    case "minimum-metric": .minimumMetric(value)
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
  /// The inverse of ``description``.
  init?(archived text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("element", 1): self = .element
    case ("kernel", 1): self = .kernel
    case ("channel", 1): self = .channel
    case ("head", 1): self = .head
    case ("layer", 1): self = .layer
    case ("auto", 1): self = .auto
    case ("nm", 3):
      guard let kept = Int(parts[1]), let of = Int(parts[2]),
        let pattern = try? NMPattern(kept: kept, of: of)
      else { return nil }
      self = .nm(pattern)
    case ("block", 2):
      let sides = parts[1].split(separator: "x", omittingEmptySubsequences: false)
      guard sides.count == 2, let rows = Int(sides[0]), let columns = Int(sides[1]) else {
        return nil
      }
      self = .block(rows: rows, columns: columns)
    default: return nil
    }
  }
}
