/// A figure of a benchmark that the README shows.
struct Highlight {
  /// Words for the figure in the README.
  let title: String
  /// Name of the benchmark.
  let benchmark: String
  /// Texts that the setting of the figure's row contains, all of them.
  let words: [String]
  /// Column of the row; `nil` where the benchmark is no grid.
  var column: String?
  /// Setting of the row in the same column that the figure stands beside; `nil` where the row names a peer of its own.
  var peerSetting: String?

  /// The README's rows.
  static let all: [Highlight] = [
    Highlight(
      title: "certified runs beyond their budget on 100,000 fresh examples",
      benchmark: "budget-holds", words: ["certified runs beyond the budget"]),
    Highlight(
      title: "sparsity certified with `--max-drop 2`, CNN on MNIST", benchmark: "no-thresholds",
      words: ["CNN, MNIST", "certified sparsity"]),
    Highlight(
      title: "accuracy at 95 % sparsity, MLPNet on MNIST, weights not updated",
      benchmark: "mlpnet-sweep", words: ["default"], column: "0.95", peerSetting: "magnitude"),
    Highlight(
      title: "accuracy with half of the MACs, ResNet-8 on MNIST, no training",
      benchmark: "torch-pruning", words: ["2× fewer MACs", "right after pruning"]),
    Highlight(
      title: "times as fast with half of the MACs, ResNet-20, onnxruntime, batch 1",
      benchmark: "structured-speed",
      words: ["ResNet-20, multiples", "onnxruntime", "times as fast"], column: "batch 1"),
    Highlight(
      title: "killed runs that resumed to the same bytes", benchmark: "kill",
      words: ["same network and report"]),
  ]

  /// The figure's row, with the row that it stands beside as its peer; `nil` where it was not measured.
  func row(in rows: [BenchRow]) -> BenchRow? {
    let alike = rows.filter { column == nil || $0.column == column }
    guard var row = alike.first(where: { row in words.allSatisfy(row.setting.contains) }) else {
      return nil
    }
    if let peer = alike.first(where: { $0.setting == peerSetting }) {
      row.peer = peer.value
      row.peerName = peer.setting
    }
    return row
  }
}

/// Table of the ``Highlight``s of a ``BenchRecord``, as the README shows it; ``ResultsTable`` has all rows.
struct ResultsDigest {
  let text: String

  /// - Parameter record: rows measured last.
  init(_ record: BenchRecord) {
    let found = Highlight.all.compactMap { highlight in
      record.entries[highlight.benchmark].flatMap { entry in
        highlight.row(in: entry.rows).map { (highlight: highlight, entry: entry, row: $0) }
      }
    }
    guard !found.isEmpty else {
      text = ""
      return
    }
    let lines = found.map { figure in
      ResultsRow(figure.row, named: figure.highlight.title).text
        + " `autoprune-bench --filter \(figure.highlight.benchmark)` |"
    }
    text =
      (ResultsRow.head(and: "command") + lines).joined(separator: "\n") + "\n\n"
      + Self.origin(found.map(\.entry)) + "\n"
  }

  /// Line on days, machines and engines of the measurements.
  private static func origin(_ entries: [BenchRecord.Entry]) -> String {
    let dates = Set(entries.map(\.date)).sorted()
    let machines = Set(entries.map(\.machine)).sorted()
    let engines = Set(entries.flatMap(\.rows).map(\.versions.engine)).sorted()
    let days = dates.first == dates.last ? dates.prefix(1) : [dates[0], dates[dates.count - 1]]
    return "Measured \(days.joined(separator: " to ")) on \(machines.joined(separator: "; ")), "
      + "with \(engines.joined(separator: ", "))."
  }
}
