import Foundation

/// The README's results, made from a ``BenchRecord``: one table, a part per benchmark.
struct ResultsTable {
  let text: String

  /// - Parameter order: names of the benchmarks with one line each, as they are to follow each other.
  init(_ record: BenchRecord, order: [(name: String, summary: String)]) {
    let parts = order.compactMap { benchmark in
      record.entries[benchmark.name].map { entry in
        [Self.head(benchmark.name, benchmark.summary, entry)] + Self.lines(entry.rows)
      }
    }
    let head = ["| | AutoPrune | peer | aimed at |", "|---|---|---|---|"]
    text = parts.isEmpty ? "" : (head + parts.joined()).joined(separator: "\n") + "\n"
  }

  private static func head(
    _ name: String, _ summary: String, _ entry: BenchRecord.Entry
  ) -> String {
    let engines = Set(entry.rows.map(\.versions.engine)).sorted().joined(separator: ", ")
    return
      "| **\(summary.prefix(1).uppercased() + summary.dropFirst())**: `autoprune-bench --filter \(name)`, \(entry.date), "
      + "\(entry.machine), \(engines) | | | |"
  }

  /// A line per setting; the columns of a grid follow each other in one cell.
  private static func lines(_ rows: [BenchRow]) -> [String] {
    var settings: [String] = []
    for row in rows where !settings.contains(row.setting) { settings.append(row.setting) }
    return settings.map { setting in line(setting, rows.filter { $0.setting == setting }) }
  }

  private static func line(_ setting: String, _ rows: [BenchRow]) -> String {
    if rows.count > mostColumns { return range(setting, rows) }
    let columns = rows.compactMap(\.column)
    let name = columns.isEmpty ? setting : "\(setting), at \(joined(columns))"
    let unit = rows.first?.unit ?? ""
    var peer = joined(rows.compactMap(\.peer).map(MarkdownTable.number))
    if !peer.isEmpty { peer += " \(unit), \(rows.first?.peerName ?? "peer")" }
    let targets = joined(rows.compactMap(\.target).map(MarkdownTable.number))
    return "| \(name) | \(joined(rows.map(cell))) \(unit) | \(peer) | \(targets) |"
  }

  /// Of many columns the least and the most.
  private static func range(_ setting: String, _ rows: [BenchRow]) -> String {
    let values = rows.sorted { $0.value < $1.value }
    let ends = [values.first, values.last].compactMap { row in
      row.map { "\(MarkdownTable.number($0.value)) (\($0.column ?? ""))" }
    }
    let targets = Set(rows.compactMap(\.target)).sorted().map(MarkdownTable.number)
    return "| \(setting), of \(rows.count) the least and the most "
      + "| \(ends.joined(separator: " … ")) \(rows.first?.unit ?? "") |  | \(joined(targets)) |"
  }

  private static let mostColumns = 8

  private static func joined(_ values: [String]) -> String { values.joined(separator: " / ") }

  private static func cell(_ row: BenchRow) -> String {
    MarkdownTable.number(row.value)
      + (row.spread.map { $0 > 0 ? " ± \(MarkdownTable.number($0))" : "" } ?? "")
  }
}

/// A text whose part between `<!-- results -->` and `<!-- end of results -->` is made anew.
struct ResultsSection {
  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "'\(path)' has no lines '<!-- results -->' and '<!-- end of results -->' to write between"
    }
  }

  private(set) var text: String
  private let place: Range<String.Index>

  init(contentsOf file: URL) throws {
    text = try String(contentsOf: file, encoding: .utf8)
    guard let start = text.range(of: "<!-- results -->\n"),
      let end = text.range(of: "<!-- end of results -->"), start.upperBound <= end.lowerBound
    else { throw Missing(path: file.path) }
    place = start.upperBound..<end.lowerBound
  }

  var results: String { String(text[place]) }

  func replaced(by table: String) -> String { text.replacingCharacters(in: place, with: table) }
}
