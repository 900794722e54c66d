import Foundation
public import PruneCore

/// What a network scored on some data.
public struct Evaluation: Sendable, Hashable {
  /// What ``value`` is a value of.
  public let metric: Metric
  /// A fraction for accuracy, top5 and fidelity; the metric's own unit otherwise.
  public let value: Double
  /// Each example's contribution, `[N]`: 1 or 0 for accuracy, top5 and agreement; squared or absolute error;
  /// negative log-likelihood in nats for perplexity.
  public let contributions: [Float]
  /// Of the passes over the data.
  public let wallSeconds: Double
  /// What contributions can be.
  public let range: ContributionRange
  /// Contributions per example: more than 1 where a sequence is scored position by position.
  public let positionsPerExample: Int

  /// What an example's contribution to a metric can be.
  public enum ContributionRange: String, Hashable, Sendable, Codable {
    /// Right or wrong: the paired bound is then exact.
    case zeroOrOne = "zero-or-one"
    /// Anything in `0 ... 1`.
    case unitInterval = "unit-interval"
    /// Any number, such as a squared error.
    case unbounded

    /// What it is where every output is a row of class scores.
    public init(of metric: Metric) { self = metric.isHigherBetter ? .zeroOrOne : .unbounded }
  }

  /// - Parameters:
  ///   - range: that of classifiers for the metric where `nil`.
  ///   - positionsPerExample: a divisor of the number of contributions.
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

  /// Mean contribution of each example, `[N]`: the positions of one example are no independent draws.
  package var exampleMeans: [Double] {
    let size = positionsPerExample
    if size == 1 { return contributions.map(Double.init) }
    return stride(from: 0, to: contributions.count, by: size).map { start in
      contributions[start..<start + size].reduce(0) { $0 + Double($1) } / Double(size)
    }
  }

  /// How much worse `self` is than `dense`, in points: 1 is a hundredth of the metric.
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

  /// Contributions are kept bit by bit.
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
