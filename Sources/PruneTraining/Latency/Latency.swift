/// Wall time of a forward pass over repeated runs.
public struct Latency: Hashable, Sendable, Codable {
  /// Half of the runs took longer.
  public let medianSeconds: Double
  /// Exceeded by one run in twenty.
  public let p95Seconds: Double
  /// Timed runs, warm-up left out.
  public let runs: Int

  /// - Parameter seconds: of each run, at least one.
  public init(seconds: [Double]) {
    let sorted = seconds.sorted()
    medianSeconds = Quantile.of(sorted, 0.5)
    p95Seconds = Quantile.of(sorted, 0.95)
    runs = sorted.count
  }
}

/// How many times faster one network ran than another, by blocks that lay side by side.
public struct Speedup: Hashable, Sendable, Codable {
  /// Over the blocks; above 1 where the network is faster than the reference.
  public let median: Double
  /// Quartiles over the blocks.
  public let lowerQuartile: Double
  /// Quartiles over the blocks.
  public let upperQuartile: Double

  /// - Parameters:
  ///   - reference: seconds of each run by block, `[blocks][runs]`.
  ///   - other: the same blocks of the network whose speed-up it is.
  public init(from reference: [[Double]], to other: [[Double]]) {
    let ratios = zip(reference, other).map { before, after in
      Quantile.of(before.sorted(), 0.5) / Quantile.of(after.sorted(), 0.5)
    }.sorted()
    median = Quantile.of(ratios, 0.5)
    lowerQuartile = Quantile.of(ratios, 0.25)
    upperQuartile = Quantile.of(ratios, 0.75)
  }
}

/// Quantiles by linear interpolation between order statistics, as NumPy's default.
package enum Quantile {
  /// - Parameter sorted: ascending; NaN where it is empty.
  package static func of(_ sorted: [Double], _ fraction: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = fraction * Double(sorted.count - 1)
    let lower = Int(position)
    guard lower + 1 < sorted.count else { return last }
    return sorted[lower] + (position - Double(lower)) * (sorted[lower + 1] - sorted[lower])
  }
}
