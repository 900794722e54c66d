import Foundation
public import PruneCore

/// What a network scored on some data.
public struct Evaluation: Sendable, Hashable {
  public let metric: Metric
  /// A fraction for accuracy, top5 and fidelity; the metric's own unit otherwise.
  public let value: Double
  /// Each example's contribution, `[N]`: 1 or 0 for accuracy, top5 and agreement; squared or absolute error;
  /// negative log-likelihood in nats for perplexity.
  public let contributions: [Float]
  public let wallSeconds: Double

  public init(metric: Metric, contributions: [Float], wallSeconds: Double) {
    self.metric = metric
    self.contributions = contributions
    self.wallSeconds = wallSeconds
    let mean = Self.mean(contributions)
    value = metric == .perplexity ? mean.isFinite ? Double.exponential(mean) : mean : mean
  }

  public var examples: Int { contributions.count }

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
    case metric, contributions, wallSeconds
  }

  /// Contributions are kept bit by bit.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(metric, forKey: .metric)
    try container.encode(contributions.map(\.bitPattern).littleEndianData, forKey: .contributions)
    try container.encode(wallSeconds, forKey: .wallSeconds)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let data = try container.decode(Data.self, forKey: .contributions)
    guard data.count.isMultiple(of: 4) else {
      throw DecodingError.dataCorruptedError(
        forKey: .contributions, in: container, debugDescription: "\(data.count) bytes")
    }
    self.init(
      metric: try container.decode(Metric.self, forKey: .metric),
      contributions: [UInt32](littleEndianData: data).map { Float(bitPattern: $0) },
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
