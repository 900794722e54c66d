package import PruneCore

extension Format {
  /// An amount in the unit of an objective.
  package static func cost(_ amount: Double, _ objective: CostObjective) -> String {
    switch objective {
    case .latency: seconds(amount)
    case .bytes: bytes(whole(amount))
    case .macs, .parameters, .units: "\(count(whole(amount))) \(objective.words)"
    }
  }

  private static func whole(_ amount: Double) -> Int { Int(min(amount.rounded(), 1e15)) }
}

extension CostObjective {
  /// As people say it.
  package var words: String {
    switch self {
    case .parameters: "weights"
    case .macs: "MACs"
    case .bytes: "bytes of weights"
    case .latency: "latency"
    case .units: "units"
    }
  }
}
