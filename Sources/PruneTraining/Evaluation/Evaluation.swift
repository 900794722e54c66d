import Foundation
public import PruneCore

/// Metric of a network on some data, with the contribution of each example.
public struct Evaluation: Sendable, Hashable {
  /// Metric that ``value`` is measured in.
  public let metric: Metric
  /// Value of the metric: a fraction for accuracy, top5 and fidelity, in the metric's own unit otherwise; NaN without
  /// examples.
  public let value: Double
  /// Contribution of each example or position, `[N · positionsPerExample]`: 1 or 0 for accuracy, top5 and agreement of
  /// classes, squared or absolute error, negative log-likelihood in nats for perplexity.
  public let contributions: [Float]
  /// Wall time of the forward passes, in seconds.
  public let wallSeconds: Double
  /// Range of the contributions.
  public let range: ContributionRange
  /// Number of contributions per example; above 1 where a sequence is scored position by position.
  public let positionsPerExample: Int

  /// Range of an example's contribution to a metric.
  public enum ContributionRange: String, Hashable, Sendable, Codable {
    /// Right or wrong: the paired bound is then exact.
    case zeroOrOne = "zero-or-one"
    /// Anything in `0 ... 1`.
    case unitInterval = "unit-interval"
    /// Any number, such as a squared error.
    case unbounded

    /// Range of a metric whose outputs are rows of class scores.
    public init(of metric: Metric) { self = metric.isHigherBetter ? .zeroOrOne : .unbounded }
  }

  /// - Parameters:
  ///   - contributions: one per example or position, see ``contributions``.
  ///   - range: range of the contributions; `nil` takes that of a classifier.
  ///   - positionsPerExample: divisor of the number of contributions.
  ///   - wallSeconds: wall time of the forward passes.
  public init(
    metric: Metric, contributions: [Float], range: ContributionRange? = nil,
    positionsPerExample: Int = 1, wallSeconds: Double
  ) {
    precondition(
      positionsPerExample > 0 && contributions.count.isMultiple(of: positionsPerExample),
      "\(contributions.count) contributions for examples of \(positionsPerExample)")
    self.metric = metric
    self.contributions = contributions
    self.range = range ?? ContributionRange(of: metric)
    self.positionsPerExample = positionsPerExample
    self.wallSeconds = wallSeconds
    let mean = Self.mean(contributions)
    value = metric == .perplexity ? mean.isFinite ? Double.exponential(mean) : mean : mean
  }

  /// Number of examples, each of which may hold several positions.
  public var examples: Int { contributions.count / positionsPerExample }

  /// Mean contribution of each example, `[N]`; the positions of one example are not independent draws.
  package var exampleMeans: [Double] {
    let size = positionsPerExample
    if size == 1 { return contributions.map(Double.init) }
    return stride(from: 0, to: contributions.count, by: size).map { start in
      contributions[start..<start + size].reduce(0) { $0 + Double($1) } / Double(size)
    }
  }

  /// Drop of the metric below that of `dense`, in points (hundredths of the metric's unit); negative where it improved.
  public func dropPoints(from dense: Evaluation) -> Double {
    let difference = metric.isHigherBetter ? dense.value - value : value - dense.value
    return 100 * difference
  }

  private static func mean(_ values: [Float]) -> Double {
    values.isEmpty ? .nan : values.reduce(0) { $0 + Double($1) } / Double(values.count)
  }
}

extension Evaluation: Codable {
  private enum CodingKeys: String, CodingKey {
    case metric, contributions, range, positionsPerExample, wallSeconds
  }

  /// Encodes an evaluation; contributions keep every bit.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(metric, forKey: .metric)
    try container.encode(contributions.map(\.bitPattern).littleEndianData, forKey: .contributions)
    try container.encode(range, forKey: .range)
    try container.encode(positionsPerExample, forKey: .positionsPerExample)
    try container.encode(wallSeconds, forKey: .wallSeconds)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let data = try container.decode(Data.self, forKey: .contributions)
    let positions = try container.decode(Int.self, forKey: .positionsPerExample)
    guard data.count.isMultiple(of: 4), positions > 0, (data.count / 4).isMultiple(of: positions)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .contributions, in: container, debugDescription: "\(data.count) bytes")
    }
    self.init(
      metric: try container.decode(Metric.self, forKey: .metric),
      contributions: [UInt32](littleEndianData: data).map { Float(bitPattern: $0) },
      range: try container.decode(ContributionRange.self, forKey: .range),
      positionsPerExample: positions,
      wallSeconds: try container.decode(Double.self, forKey: .wallSeconds))
  }
}

extension [UInt32] {
  fileprivate var littleEndianData: Data {
    reduce(into: Data(capacity: 4 * count)) { data, word in
      Swift.withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
  }

  fileprivate init(littleEndianData data: Data) {
    self = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
  }
}

/// Paired comparison of two evaluations of the same examples.
package struct PairedGain {
  /// Mean improvement per example over its standard error; 0 where no example differs.
  package let standardScore: Double

  /// - Parameters:
  ///   - before: first evaluation.
  ///   - after: evaluation of the same examples by the same metric.
  package init(from before: Evaluation, to after: Evaluation) {
    let sign: Double = before.metric.isHigherBetter ? 1 : -1
    let gains = zip(before.contributions, after.contributions).map { sign * Double($1 - $0) }
    let count = Double(gains.count)
    let mean = gains.reduce(0, +) / max(1, count)
    let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    standardScore = variance > 0 ? mean / (variance / count).squareRoot() : 0
  }

  /// `true` where the improvement is above 2 standard errors, a limit chosen by hand.
  var isSignificant: Bool { standardScore > 2 }
}
