import Foundation

/// The README's results, made from a ``BenchRecord``.
struct ResultsTable {
  let text: String

  /// - Parameter order: names of the benchmarks with one line each, as they are to follow each other.
  init(_ record: BenchRecord, order: [(name: String, summary: String)]) {
    let parts = order.compactMap { benchmark in
      record.entries[benchmark.name].map {
        Self.part(name: benchmark.name, summary: benchmark.summary, $0)
      }
    }
    text = parts.joined(separator: "\n\n") + "\n"
  }

  private static func part(name: String, summary: String, _ entry: BenchRecord.Entry) -> String {
    let versions = Set(entry.rows.map(\.versions.engine)).sorted().joined(separator: ", ")
    let isGrid = entry.rows.contains { $0.column != nil }
    return """
      **\(summary)**, `autoprune-bench --filter \(name)`, \(entry.date), \(entry.machine), \(versions):

      \(isGrid ? grid(entry.rows) : list(entry.rows))
      """
  }

  /// A row per setting, a column per level.
  private static func grid(_ rows: [BenchRow]) -> String {
    var columns: [String] = []
    var settings: [String] = []
    for row in rows {
      if let column = row.column, !columns.contains(column) { columns.append(column) }
      if !settings.contains(row.setting) { settings.append(row.setting) }
    }
    let unit = rows.first?.unit ?? ""
    var lines = [
      "| \(unit) | " + columns.joined(separator: " | ") + " |",
      "|---|" + String(repeating: "---|", count: columns.count),
    ]
    for setting in settings {
      let cells = columns.map { column in
        rows.first { $0.setting == setting && $0.column == column }.map(cell) ?? "–"
      }
      lines.append("| \(setting) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  private static func list(_ rows: [BenchRow]) -> String {
    let hasPeer = rows.contains { $0.peer != nil }
    let hasTarget = rows.contains { $0.target != nil && $0.target != $0.peer }
    var head = ["", "AutoPrune"]
    if hasPeer { head.append("peer") }
    if hasTarget { head.append("aimed at") }
    var lines = [
      "| " + head.joined(separator: " | ") + " |",
      "|" + String(repeating: "---|", count: head.count),
    ]
    for row in rows {
      var cells = [row.setting, "\(cell(row)) \(row.unit)"]
      if hasPeer {
        cells.append(
          row.peer.map { "\(MarkdownTable.number($0)) \(row.unit), \(row.peerName ?? "")" } ?? "")
      }
      if hasTarget { cells.append(row.target.map(MarkdownTable.number) ?? "") }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

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
