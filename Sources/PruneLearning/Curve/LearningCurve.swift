import Foundation

/// Held-out accuracy against the number of archived runs that θ was fitted to.
public struct LearningCurve: Codable, Hashable, Sendable {
  /// One number of runs.
  public struct Point: Codable, Hashable, Sendable {
    /// 0 is the prior set by hand.
    public let runs: Int
    /// Mean accuracy over networks and sparsities, a number per draw.
    public let draws: [Double]
    /// The same less that of the prior on the same networks and examples.
    public let gains: [Double]

    /// Over the draws.
    public var mean: Double { Self.mean(draws) }
    /// Mean over the draws of what was gained over the prior.
    public var gain: Double { Self.mean(gains) }
    /// Standard error of ``gain`` from how the draws differ; `nil` for fewer than two.
    public var gainError: Double? {
      guard gains.count > 1 else { return nil }
      let squares = gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) }
      return (squares / Double(gains.count - 1) / Double(gains.count)).squareRoot()
    }

    private static func mean(_ values: [Double]) -> Double {
      values.reduce(0, +) / Double(max(1, values.count))
    }
  }

  /// By rising number of runs.
  public let points: [Point]
  /// Left out of every fit.
  public let groups: [String]
  /// Shares of connections removed.
  public let sparsities: [Double]
  /// The command that makes it.
  public let command: String

  private enum CodingKeys: String, CodingKey {
    case groups = "families"
    case points, sparsities, command
  }

  /// - Parameters:
  ///   - cells: of methods named as ``method(runs:)`` says, a draw per seed; draws that are not complete, or have no prior
  ///     beside them, are left out.
  ///   - command: what makes it again.
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

  /// Names cells of predictors fitted to so many runs.
  public static func method(runs: Int) -> String { "\(runs) runs" }

  /// A table in Markdown.
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
