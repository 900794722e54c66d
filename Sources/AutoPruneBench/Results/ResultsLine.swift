/// Rows side by side in one line of a table; of many the least and the most.
struct ResultsLine {
  let text: String

  static let head = ["| | AutoPrune | peer | aimed at |", "|---|---|---|---|"]

  /// - Parameter rows: of one unit.
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

  /// Each once, in the order of the rows.
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

  /// What is the same for all is said once.
  private static func joined(_ values: [Double]) -> String {
    let numbers = values.map(MarkdownTable.number)
    return Set(numbers).count == 1 ? numbers[0] : numbers.joined(separator: " / ")
  }

  private static func cell(_ row: BenchRow) -> String {
    MarkdownTable.number(row.value)
      + (row.spread.map { $0 > 0 ? " ± \(MarkdownTable.number($0))" : "" } ?? "")
  }

  private static let mostCells = 8
}
