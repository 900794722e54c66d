import Foundation
package import PruneCore

/// Text of numbers in reports.
package enum Format {
  package static func metric(_ value: Double, _ metric: Metric) -> String {
    switch metric {
    case .accuracy, .top5, .fidelity: percent(value)
    case .mse, .mae: String(format: "%.5g", value)
    case .perplexity: String(format: "%.3f", value)
    }
  }

  package static func percent(_ fraction: Double) -> String {
    String(format: "%.2f %%", 100 * fraction)
  }

  /// Numbers of examples on which the pruned network is worse and better, and the method of the bound where it is not exact.
  package static func changes(_ certificate: Certificate) -> String {
    switch certificate.method {
    case .exactPaired:
      "\(certificate.regressed) newly wrong, \(certificate.recovered) newly right"
    case .empiricalBernstein:
      "\(certificate.regressed) worse, \(certificate.recovered) better; empirical Bernstein bound"
    case .bootstrapT:
      "\(certificate.regressed) worse, \(certificate.recovered) better; bootstrap-t bound"
    }
  }

  package static func points(_ points: Double) -> String { String(format: "%.2f", points) }

  package static func seconds(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: String(format: "%.0f µs", 1e6 * seconds)
    case ..<1: String(format: "%.1f ms", 1e3 * seconds)
    case ..<120: String(format: "%.1f s", seconds)
    default: String(format: "%d min %02d s", Int(seconds) / 60, Int(seconds) % 60)
    }
  }

  package static func count(_ value: Int) -> String {
    var digits = String(abs(value))
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  package static func bytes(_ value: Int) -> String {
    switch value {
    case ..<10_000: "\(value) B"
    case ..<10_000_000: String(format: "%.1f kB", Double(value) / 1e3)
    default: String(format: "%.1f MB", Double(value) / 1e6)
    }
  }

  package static func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }
}

extension Format {
  /// An amount of a cost in the objective's unit.
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
  /// Unit of the objective in words.
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

extension Budget {
  /// The budget as a sentence.
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

extension PruningRound.Decision {
  /// Decision in words.
  package var words: String {
    switch self {
    case .accepted: "accepted"
    case .retrained: "retrained"
    case .rolledBack: "rolled back"
    }
  }
}
