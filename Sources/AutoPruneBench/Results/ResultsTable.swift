import Foundation

/// Table of every figure of a ``BenchRecord``: a part per benchmark, a line per setting.
struct ResultsTable {
  let text: String

  /// - Parameters:
  ///   - record: rows measured last.
  ///   - order: names and summaries of the benchmarks in the order of the table.
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

/// A line of a table that shows rows side by side; of more than eight the least and the greatest value.
struct ResultsLine {
  let text: String

  static let head = ["| | AutoPrune | peer | aimed at |", "|---|---|---|---|"]

  /// - Parameters:
  ///   - name: title of the line.
  ///   - rows: rows of one unit.
  init(_ name: String, _ rows: [BenchRow]) {
    let unit = rows.first?.unit ?? ""
    let targets = Self.joined(rows.compactMap(\.target))
    if rows.count > Self.mostCells {
      text =
        "| \(name), of \(rows.count) the least and the most | \(Self.ends(rows)) \(unit) |  | \(targets) |"
      return
    }
    let isOneColumn = rows.count > 1 && Set(rows.map(\.column)).count == 1
    let columns = isOneColumn ? [] : rows.compactMap(\.column)
    let title = columns.isEmpty ? name : "\(name), at \(columns.joined(separator: " / "))"
    var peer = Self.joined(rows.compactMap(\.peer))
    if !peer.isEmpty { peer += " \(unit), \(rows.first?.peerName ?? "peer")" }
    let cells = rows.map(Self.cell).joined(separator: " / ")
    text = "| \(title) | \(cells) \(unit) | \(peer) | \(targets) |"
  }

  /// Settings of the rows, each once, in the order of the rows.
  static func settings(of rows: [BenchRow]) -> [String] {
    var settings: [String] = []
    for row in rows where !settings.contains(row.setting) { settings.append(row.setting) }
    return settings
  }

  private static func ends(_ rows: [BenchRow]) -> String {
    let values = rows.sorted { $0.value < $1.value }
    return [values.first, values.last].compactMap { row in
      row.map { "\(MarkdownTable.number($0.value)) (\($0.column ?? $0.setting))" }
    }.joined(separator: " … ")
  }

  /// Values side by side, or a single one where all are the same.
  private static func joined(_ values: [Double]) -> String {
    let numbers = values.map(MarkdownTable.number)
    return Set(numbers).count == 1 ? numbers[0] : numbers.joined(separator: " / ")
  }

  private static func cell(_ row: BenchRow) -> String {
    guard let spread = row.spread, spread > 0 else { return MarkdownTable.number(row.value) }
    let digits = spread < 10 ? String(format: "%.2g", spread) : MarkdownTable.number(spread)
    return "\(MarkdownTable.number(row.value)) ± \(digits)"
  }

  private static let mostCells = 8
}

/// Table of rows as the program prints it after a run.
struct MarkdownTable {
  let text: String

  init(_ rows: [BenchRow]) {
    var lines = [
      "| benchmark | setting | value | spread | peer | wanted |", "|---|---|---|---|---|---|",
    ]
    for row in rows {
      let peer = row.peer.map { "\(Self.number($0)) (\(row.peerName ?? "peer"))" } ?? ""
      lines.append(
        "| \(row.benchmark) | \(row.setting)\(row.column.map { " at \($0)" } ?? "") | \(Self.number(row.value)) \(row.unit) | "
          + "\(row.spread.map { "± \(Self.number($0)) (\(row.repetitions))" } ?? "") | \(peer) | \(row.target.map(Self.number) ?? "") |"
      )
    }
    text = lines.joined(separator: "\n")
  }

  static func number(_ value: Double) -> String {
    abs(value) >= 1000 ? String(format: "%.0f", value) : String(format: "%.4g", value)
  }
}

/// A text with a part between `<!-- results -->` and `<!-- end of results -->`, or the same with `all results`, that is
/// made anew.
struct ResultsSection {
  /// Contents between the marks.
  enum Extent: String, CaseIterable {
    /// A few lines per benchmark: ``ResultsDigest``.
    case digest = "results"
    /// Every line: ``ResultsTable``.
    case all = "all results"
  }

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "'\(path)' has no lines '<!-- results -->' and '<!-- end of results -->', nor such with 'all results', to write between"
    }
  }

  let extent: Extent
  private(set) var text: String
  private let place: Range<String.Index>

  init(contentsOf file: URL) throws {
    text = try String(contentsOf: file, encoding: .utf8)
    for extent in Extent.allCases {
      guard let start = text.range(of: "<!-- \(extent.rawValue) -->\n"),
        let end = text.range(of: "<!-- end of \(extent.rawValue) -->"),
        start.upperBound <= end.lowerBound
      else { continue }
      self.extent = extent
      place = start.upperBound..<end.lowerBound
      return
    }
    throw Missing(path: file.path)
  }

  var results: String { String(text[place]) }

  func replaced(by table: String) -> String { text.replacingCharacters(in: place, with: table) }
}
