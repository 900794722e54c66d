import AutoPrune
import Foundation

/// Table of the result of a run.
struct PruneTable {
  let text: String

  init(_ report: PruneReport, file: String) {
    let metric = report.metric
    var table = TextTable(["", "dense", "pruned"])
    table.append([
      "test \(metric.rawValue)", Format.metric(report.dense.metric, metric),
      Format.metric(report.pruned.metric, metric),
    ])
    table.append([
      "nonzero weights", Format.count(report.dense.nonzero),
      Format.count(report.pruned.nonzero),
    ])
    table.append([
      "MACs with a nonzero weight", Format.count(report.dense.sparseMACs),
      Format.count(report.pruned.sparseMACs),
    ])
    table.append([
      "file", Format.bytes(report.dense.fileBytes), Format.bytes(report.pruned.fileBytes),
    ])
    table.append([
      "file, packed", Format.bytes(report.dense.packedBytes),
      Format.bytes(report.pruned.packedBytes),
    ])
    for measurement in report.latency {
      table.append([
        "median time, batch \(measurement.batch)",
        Format.seconds(measurement.latencies[1].medianSeconds),
        Format.seconds(measurement.latencies[0].medianSeconds),
      ])
    }
    var lines = [table.text, ""]
    lines.append(
      "\(Format.percent(report.sparsity)) of the prunable weights are zero; "
        + "\(report.rounds.count) round\(report.rounds.count == 1 ? "" : "s"), \(Format.points(report.epochs)) epochs, \(Format.seconds(report.seconds))."
    )
    if let source = report.selectedBy { lines.append("Selected by \(source).") }
    switch report.stoppedBy {
    case .search: break
    case .timeLimit: lines.append("Stopped by the time limit, before the search was done.")
    case .interrupted: lines.append("Stopped by an interruption, before the search was done.")
    }
    lines.append(Self.budgetLine(report))
    lines.append("Written: \(file)")
    text = lines.joined(separator: "\n")
  }

  private static func budgetLine(_ report: PruneReport) -> String {
    guard report.isBudgetMet else {
      return "The budget cannot be met: the dense model is returned unchanged."
    }
    guard let certificate = report.certificate else {
      return
        "No certificate: the budget is not on the metric, or there are too few certification examples."
    }
    return
      "Certified: with \(Format.percent(certificate.confidence)) confidence at most "
      + "\(Format.points(certificate.dropUpperBoundPoints)) points are lost on unseen data "
      + "(\(Format.points(certificate.maxDropPoints)) allowed; \(Format.count(certificate.samples)) examples, "
      + "\(Format.changes(certificate)))."
  }
}

/// Table of a comparison of latencies.
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
    ("nonzero parameters", { $0.nonzero }), ("file bytes", { $0.fileBytes }),
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

/// Table of sizes before and after packing.
struct PackingTable {
  let text: String

  init(_ sizes: ModelPacker.Sizes, written file: String) {
    var table = TextTable(["", "size"])
    table.append(["model", Format.bytes(sizes.modelBytes)])
    table.append(["packed", Format.bytes(sizes.packedBytes)])
    table.append(["ratio", String(format: "%.2f×", sizes.ratio)])
    text = table.text + "\nWritten: \(file)"
  }
}

/// Columns of text: the first left-aligned, the others right-aligned.
struct TextTable {
  private var rows: [[String]]

  init(_ header: [String]) { rows = [header] }

  mutating func append(_ row: [String]) { rows.append(row) }

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ").trimmingTrailingSpaces
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}
