import Foundation
package import PruneCore

/// Numbers as people read them.
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

  /// On how many examples the pruned network differs, and what kind of bound was made of them where it is not exact.
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
