public import PruneCore
import PruneSupport

/// Times forward passes: warm-up first, then blocks of runs in which several networks take turns.
///
/// Turns make a comparison fair where the machine's speed divergenceGradients: whatever slows a block slows all of them.
public struct LatencyMeter: Sendable, Hashable {
  /// Blocks per network; each gives one paired ratio.
  public var blocks: Int
  /// Wall time that one network's runs of one block should take at least.
  public var secondsPerBlock: Double
  /// Untimed runs of each network.
  public var warmUpRuns: Int

  /// - Parameter blocks: at least 1.
  public init(blocks: Int = 10, secondsPerBlock: Double = 0.05, warmUpRuns: Int = 3) {
    precondition(blocks > 0, "\(blocks) blocks, expected > 0")
    self.blocks = blocks
    self.secondsPerBlock = secondsPerBlock
    self.warmUpRuns = warmUpRuns
  }

  /// For reports, where the latency is told beside other things.
  package static let brief = LatencyMeter(blocks: 5, secondsPerBlock: 0.01)

  /// - Parameters:
  ///   - runs: one call per network runs it once.
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

  /// Latency of one network on these inputs.
  public func latency<E: Engine>(
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

  private static var mostRunsPerBlock: Int { 200 }
}
