import AutoPrune

/// The result of a run for people.
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
      "weights that are not zero", Format.count(report.dense.nonzero),
      Format.count(report.pruned.nonzero),
    ])
    table.append([
      "MACs with such a weight", Format.count(report.dense.sparseMACs),
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
    lines.append(Self.promise(report))
    lines.append("Written: \(file)")
    text = lines.joined(separator: "\n")
  }

  private static func promise(_ report: PruneReport) -> String {
    guard report.isBudgetMet else {
      return "The budget cannot be met: the dense model is returned unchanged."
    }
    guard let certificate = report.certificate else {
      return "No certificate: it was not asked for, or there are too few held-out examples."
    }
    return
      "Certified: with \(Format.percent(certificate.confidence)) confidence at most "
      + "\(Format.points(certificate.dropUpperBoundPoints)) points are lost on unseen data "
      + "(\(Format.points(certificate.maxDropPoints)) allowed; \(Format.count(certificate.samples)) examples, "
      + "\(Format.changes(certificate)))."
  }
}
