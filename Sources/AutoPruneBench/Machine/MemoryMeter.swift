import AutoPrune
import Dispatch
import Foundation
import Synchronization

/// Resident memory of this process, as Linux counts it.
enum MemoryMeter {
  /// Forgets the peak so far.
  static func reset() throws {
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  /// The most resident memory since ``reset()``.
  static func peakBytes() throws -> Int {
    let status = try String(contentsOf: URL(fileURLWithPath: "/proc/self/status"), encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return 1024 * (line.split(separator: " ").compactMap { Int($0) }.first ?? 0)
  }

  /// Bytes per second at which all cores together read memory, the best of five sweeps.
  static func readBandwidth(of values: [Float]) -> Double {
    let parts = 64
    let length = values.count / parts
    let sums = Mutex(Float.zero)
    return (0..<5).map { _ in
      let start = ContinuousClock.now
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let sum = values.withUnsafeBufferPointer { values in
          var lanes = SIMD16<Float>.zero
          let end = (part + 1) * length
          var index = part * length
          while index &+ 16 <= end {
            for lane in 0..<16 { lanes[lane] += values[index &+ lane] }
            index &+= 16
          }
          return lanes.sum()
        }
        sums.withLock { $0 += sum }
      }
      return Double(4 * parts * length) / (ContinuousClock.now - start).seconds
    }.max() ?? .nan
  }
}
