public import PruneCore
import PruneSupport

/// Wall time of a forward pass over repeated runs.
public struct Latency: Hashable, Sendable, Codable {
  /// Median wall time of a run, in seconds.
  public let medianSeconds: Double
  /// 95th percentile of the wall time of a run, in seconds.
  public let p95Seconds: Double
  /// Number of timed runs, without warm-up.
  public let runs: Int

  /// - Parameter seconds: wall time of each run; at least one.
  public init(seconds: [Double]) {
    let sorted = seconds.sorted()
    medianSeconds = Quantile.of(sorted, 0.5)
    p95Seconds = Quantile.of(sorted, 0.95)
    runs = sorted.count
  }
}

/// Speed-up of a network over a reference, from blocks of runs measured in turn.
public struct Speedup: Hashable, Sendable, Codable {
  /// Median of the blocks' ratios; above 1 where the network is faster than the reference.
  public let median: Double
  /// Lower quartile of the blocks' ratios.
  public let lowerQuartile: Double
  /// Upper quartile of the blocks' ratios.
  public let upperQuartile: Double

  /// - Parameters:
  ///   - reference: seconds of the reference's runs, `[blocks][runs]`.
  ///   - other: seconds of the network's runs in the same blocks.
  public init(from reference: [[Double]], to other: [[Double]]) {
    let ratios = zip(reference, other).map { before, after in
      Quantile.of(before.sorted(), 0.5) / Quantile.of(after.sorted(), 0.5)
    }.sorted()
    median = Quantile.of(ratios, 0.5)
    lowerQuartile = Quantile.of(ratios, 0.25)
    upperQuartile = Quantile.of(ratios, 0.75)
  }
}

/// Quantiles by linear interpolation between order statistics, NumPy's default.
package enum Quantile {
  /// - Parameters:
  ///   - sorted: values, ascending.
  ///   - fraction: order of the quantile, `0 ... 1`.
  /// - Returns: the quantile; NaN for no values.
  package static func of(_ sorted: [Double], _ fraction: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = fraction * Double(sorted.count - 1)
    let lower = Int(position)
    guard lower + 1 < sorted.count else { return last }
    return sorted[lower] + (position - Double(lower)) * (sorted[lower + 1] - sorted[lower])
  }
}

/// Measures wall times of forward passes: warm-up first, then blocks of runs in which several networks take turns.
///
/// Turns keep a comparison fair where the machine's speed varies: a slow spell hits all networks alike.
public struct LatencyMeter: Sendable, Hashable {
  /// Number of blocks per network; each gives one paired ratio.
  public var blocks: Int
  /// Wall time that one network's runs of a block should take at least, in seconds.
  public var secondsPerBlock: Double
  /// Number of untimed runs of each network.
  public var warmUpRuns: Int

  /// Defaults chosen by hand.
  ///
  /// - Parameters:
  ///   - blocks: number of blocks per network, at least 1.
  ///   - secondsPerBlock: wall time of a block's runs at least.
  ///   - warmUpRuns: untimed runs of each network; at least one is made.
  public init(blocks: Int = 10, secondsPerBlock: Double = 0.05, warmUpRuns: Int = 3) {
    precondition(blocks > 0, "\(blocks) blocks, expected > 0")
    self.blocks = blocks
    self.secondsPerBlock = secondsPerBlock
    self.warmUpRuns = warmUpRuns
  }

  /// Short measurement for reports and cost models, with values chosen by hand.
  package static let brief = LatencyMeter(blocks: 5, secondsPerBlock: 0.01)

  /// Measures several networks in turn.
  ///
  /// - Parameter runs: one closure per network, which runs it once.
  /// - Returns: seconds of each run by network and block, `[networks][blocks][runs]`.
  public func measure(_ runs: [() throws -> Void]) throws -> [[[Double]]] {
    var counts: [Int] = []
    for run in runs {
      var slowest = 0.0
      for _ in 0..<max(1, warmUpRuns) { slowest = try Self.seconds(run) }
      let wanted = (secondsPerBlock / max(slowest, 1e-7)).rounded(.up)
      counts.append(Int(min(max(wanted, 3), Double(Self.mostRunsPerBlock))))
    }
    var seconds = [[[Double]]](repeating: [], count: runs.count)
    for _ in 0..<blocks {
      for (network, run) in runs.enumerated() {
        seconds[network].append(try (0..<counts[network]).map { _ in try Self.seconds(run) })
      }
    }
    return seconds
  }

  /// Latency of one network on the given inputs.
  public func latency<E: InferenceEngine>(
    of program: E.Program, on inputs: [HostTensor], with engine: E
  ) throws -> Latency {
    let seconds = try measure([{ _ = try engine.run(program, on: inputs) }])
    return Latency(seconds: seconds[0].flatMap { $0 })
  }

  private static func seconds(_ run: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try run()
    return (ContinuousClock.now - start).seconds
  }

  /// Most runs per block, chosen by hand.
  private static var mostRunsPerBlock: Int { 200 }
}
