import AutoPrune
import Foundation

/// A comparison of latencies for people.
struct LatencyTable {
  let text: String

  init(_ comparison: LatencyComparison) {
    let names = comparison.networks.map { URL(fileURLWithPath: $0.file).lastPathComponent }
    var costs = TextTable([""] + names + (names.count == 2 ? ["ratio"] : []))
    for (label, value) in Self.costs {
      let values = comparison.networks.map(value)
      costs.append(
        [label] + values.map { $0.map(Format.count) ?? "–" }
          + (names.count == 2 ? [Self.ratio(values[1], values[0])] : []))
    }
    var times = TextTable(
      ["runtime", "threads", "batch"] + names.flatMap { ["\($0) median", "p95"] }
        + (names.count == 2 ? ["faster", "quartiles"] : []))
    for measurement in comparison.measurements {
      times.append(
        [measurement.runtime, "\(measurement.threads)", "\(measurement.batch)"]
          + measurement.latencies.flatMap {
            [Format.seconds($0.medianSeconds), Format.seconds($0.p95Seconds)]
          }
          + (measurement.speedup.map { [Self.times($0.median), Self.quartiles($0)] } ?? []))
    }
    text = costs.text + "\n\n" + times.text
  }

  private static let costs: [(String, @Sendable (LatencyComparison.Network) -> Int?)] = [
    ("MACs per example", { $0.macs }), ("parameters", { $0.parameters }),
    ("not zero", { $0.nonzero }), ("file bytes", { $0.fileBytes }),
  ]

  private static func ratio(_ before: Int?, _ after: Int?) -> String {
    guard let before, let after, after > 0 else { return "–" }
    return times(Double(before) / Double(after))
  }

  private static func times(_ value: Double) -> String { String(format: "%.2f×", value) }

  private static func quartiles(_ speedup: Speedup) -> String {
    "\(times(speedup.lowerQuartile))…\(times(speedup.upperQuartile))"
  }
}
