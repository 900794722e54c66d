import PruneController
import PruneCore

/// Wall time of one forward pass.
enum Latency {
  /// - Returns: the median of 30 runs after 5 runs of warm-up, in seconds.
  static func median<E: Engine>(
    of program: E.Program, on inputs: [HostTensor], with engine: E
  ) throws -> Double {
    var seconds: [Double] = []
    for run in 0..<35 {
      let start = ContinuousClock.now
      _ = try engine.run(program, on: inputs)
      if run >= 5 { seconds.append((ContinuousClock.now - start).seconds) }
    }
    return seconds.sorted()[seconds.count / 2]
  }
}
