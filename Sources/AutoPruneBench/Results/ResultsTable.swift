import Foundation

/// Table of every figure of a ``BenchRecord``: a part per benchmark, a row per setting and column.
struct ResultsTable {
  let text: String

  /// - Parameters:
  ///   - record: rows measured last.
  ///   - order: names and summaries of the benchmarks in the order of the parts.
  init(_ record: BenchRecord, order: [(name: String, summary: String)]) {
    text = order.compactMap { benchmark in
      record.entries[benchmark.name].map { Self.part(benchmark.name, benchmark.summary, $0) }
    }.joined(separator: "\n")
  }

  private static func part(
    _ name: String, _ summary: String, _ entry: BenchRecord.Entry
  ) -> String {
    let engines = Set(entry.rows.map(\.versions.engine)).sorted().joined(separator: ", ")
    let head = [
      "### \(summary.prefix(1).uppercased() + summary.dropFirst())", "",
      "`autoprune-bench --filter \(name)`, \(entry.date), \(entry.machine), \(engines)", "",
    ]
    return (head + ResultsRow.head() + lines(entry.rows)).joined(separator: "\n") + "\n"
  }

  private static func lines(_ rows: [BenchRow]) -> [String] {
    var settings: [String] = []
    for row in rows where !settings.contains(row.setting) { settings.append(row.setting) }
    return settings.flatMap { setting in
      let own = rows.filter { $0.setting == setting }
      return own.count > mostRows ? ends(of: own) : own.map { ResultsRow($0).text }
    }
  }

  /// Of many rows of one setting those with the least and the greatest value.
  private static func ends(of rows: [BenchRow]) -> [String] {
    let rising = rows.sorted { $0.value < $1.value }
    return [("least", rising.first), ("greatest", rising.last)].compactMap { name, row in
      row.map {
        ResultsRow(
          $0, named: "\($0.setting), \(name) of \(rows.count)\($0.column.map { ": \($0)" } ?? "")"
        ).text
      }
    }
  }

  private static let mostRows = 8
}

/// A row of a table of results, one figure per cell: measured ± spread, peer, target.
struct ResultsRow {
  let text: String

  /// The two lines above the rows.
  ///
  /// - Parameter more: titles of columns that the caller adds to each row.
  static func head(and more: String...) -> [String] {
    let titles = ["", "measured", "peer", "target"] + more
    return [
      "| " + titles.joined(separator: " | ") + " |",
      "|" + String(repeating: "---|", count: titles.count),
    ]
  }

  /// - Parameter name: title of the row; its setting and column where `nil`.
  init(_ row: BenchRow, named name: String? = nil) {
    let title = name ?? row.setting + (row.column.map { ", at \($0)" } ?? "")
    let peer = row.peer.map { "\(Self.figure($0, row.unit)), \(row.peerName ?? "peer")" } ?? ""
    let target = row.target.map { Self.figure($0, row.unit) } ?? ""
    text = "| \(title) | \(Self.measured(row)) | \(peer) | \(target) |"
  }

  private static func figure(_ value: Double, _ unit: String) -> String {
    unit.isEmpty ? MarkdownTable.number(value) : "\(MarkdownTable.number(value)) \(unit)"
  }

  private static func measured(_ row: BenchRow) -> String {
    guard let spread = row.spread, spread > 0 else { return figure(row.value, row.unit) }
    let digits = spread < 10 ? String(format: "%.2g", spread) : MarkdownTable.number(spread)
    let unit = row.unit.isEmpty ? "" : " \(row.unit)"
    return "\(MarkdownTable.number(row.value)) ± \(digits)\(unit)"
  }
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
    /// Six rows: ``ResultsDigest``.
    case digest = "results"
    /// Every row: ``ResultsTable``.
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
