/// Every figure of a ``BenchRecord``: one table, a part per benchmark, a line per setting.
struct ResultsTable {
  let text: String

  /// - Parameter order: names of the benchmarks with one line each, as they are to follow each other.
  init(_ record: BenchRecord, order: [(name: String, summary: String)]) {
    let parts = order.compactMap { benchmark in
      record.entries[benchmark.name].map { entry in
        [Self.head(benchmark.name, benchmark.summary, entry)] + Self.lines(entry.rows)
      }
    }
    text =
      parts.isEmpty
      ? "" : (ResultsLine.head + parts.joined()).joined(separator: "\n") + "\n"
  }

  private static func head(
    _ name: String, _ summary: String, _ entry: BenchRecord.Entry
  ) -> String {
    let engines = Set(entry.rows.map(\.versions.engine)).sorted().joined(separator: ", ")
    return
      "| **\(summary.prefix(1).uppercased() + summary.dropFirst())**: `autoprune-bench --filter \(name)`, \(entry.date), "
      + "\(entry.machine), \(engines) | | | |"
  }

  private static func lines(_ rows: [BenchRow]) -> [String] {
    ResultsLine.settings(of: rows).map { setting in
      ResultsLine(setting, rows.filter { $0.setting == setting }).text
    }
  }
}
