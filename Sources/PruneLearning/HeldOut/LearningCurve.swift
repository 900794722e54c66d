import Foundation

/// Held-out accuracy against the number of archived runs that θ was fitted to.
public struct LearningCurve: Codable, Hashable, Sendable {
  /// Held-out accuracies for one number of runs.
  public struct Point: Codable, Hashable, Sendable {
    /// Number of runs; 0 is the prior set by hand.
    public let runs: Int
    /// Mean accuracies over networks and sparsities, one per draw, fractions.
    public let draws: [Double]
    /// Gains over the prior on the same networks and examples, one per draw, fractions.
    public let gains: [Double]

    /// Mean of ``draws``.
    public var mean: Double { Self.mean(draws) }
    /// Mean of ``gains``.
    public var gain: Double { Self.mean(gains) }
    /// Standard error of ``gain`` over the draws; `nil` for fewer than two.
    public var gainError: Double? {
      guard gains.count > 1 else { return nil }
      let squares = gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) }
      return (squares / Double(gains.count - 1) / Double(gains.count)).squareRoot()
    }

    private static func mean(_ values: [Double]) -> Double {
      values.reduce(0, +) / Double(max(1, values.count))
    }
  }

  /// Points by rising number of runs.
  public let points: [Point]
  /// Groups (architecture × data set) held out of every fit.
  public let groups: [String]
  /// Sparsities that networks are scored at.
  public let sparsities: [Double]
  /// Command that makes the curve.
  public let command: String

  private enum CodingKeys: String, CodingKey {
    case groups = "families"
    case points, sparsities, command
  }

  /// - Parameters:
  ///   - cells: cells of methods named by ``method(runs:)``, one draw per seed; draws that are incomplete, or without cells
  ///     of the prior, are skipped.
  ///   - command: command that makes the curve again.
  public init(_ cells: [HeldOutCell], command: String) {
    self.command = command
    groups = Set(cells.map(\.group)).sorted()
    sparsities = Set(cells.map(\.sparsity)).sorted()
    let whole = groups.count * sparsities.count
    var means: [String: [UInt64: Double]] = [:]
    for (method, cells) in Dictionary(grouping: cells, by: \.method) {
      means[method] = Dictionary(grouping: cells, by: \.seed).filter { $0.value.count == whole }
        .mapValues { cells in cells.reduce(0) { $0 + $1.metric } / Double(whole) }
    }
    let prior = means[Self.method(runs: 0)] ?? [:]
    points = means.compactMap { method, means in
      let paired = means.sorted { $0.key < $1.key }.compactMap { seed, mean in
        prior[seed].map { (mean, mean - $0) }
      }
      guard let runs = Int(method.prefix { $0.isNumber }), !paired.isEmpty else { return nil }
      return Point(runs: runs, draws: paired.map(\.0), gains: paired.map(\.1))
    }.sorted { $0.runs < $1.runs }
  }

  /// Method name of cells of predictors fitted to `runs` runs.
  public static func method(runs: Int) -> String { "\(runs) runs" }

  /// The curve as a table in Markdown, in percent.
  public var text: String {
    func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }
    let rows = points.map { point in
      let error = point.gainError.map { String(format: " ± %.1f", 100 * $0) } ?? ""
      let gain = point.runs == 0 ? "" : String(format: "%+.1f", 100 * point.gain) + error
      return "| \(point.runs) | \(percent(point.mean)) | \(gain) | \(point.draws.count) |"
    }
    return
      ([
        "| runs | mean accuracy | gained over the prior ± standard error | draws |",
        "|---|---|---|---|",
      ] + rows).joined(separator: "\n")
  }
}
