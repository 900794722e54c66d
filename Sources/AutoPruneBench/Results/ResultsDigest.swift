/// Table of a few lines per benchmark of a ``BenchRecord``, as the README shows it; ``ResultsTable`` has all lines.
struct ResultsDigest {
  let text: String

  /// - Parameters:
  ///   - record: rows measured last.
  ///   - order: names of the benchmarks in the order of the table.
  init(_ record: BenchRecord, order: [String]) {
    let entries = order.compactMap { name in record.entries[name].map { (name, $0) } }
    guard !entries.isEmpty else {
      text = ""
      return
    }
    let lines = entries.flatMap { Self.lines($0, $1.rows) }
    text =
      (ResultsLine.head + lines).joined(separator: "\n") + "\n\n" + Self.origin(entries.map(\.1))
      + "\n"
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

  private static func lines(_ name: String, _ rows: [BenchRow]) -> [String] {
    let chosen = (Headline.byBenchmark[name] ?? []).flatMap { headline in
      lines(name, headline.label, rows.filter(headline.selects))
    }
    guard chosen.isEmpty else { return chosen }
    let promised = rows.filter { $0.target != nil || $0.peer != nil }
    let shown = promised.isEmpty ? rows : promised
    return ResultsLine.settings(of: shown).prefix(mostLines).map { setting in
      ResultsLine("`\(name)`: \(setting)", shown.filter { $0.setting == setting }).text
    }
  }

  /// Lines of a headline: one, or one per unit, or one per setting where there are several settings and several columns.
  private static func lines(_ name: String, _ label: String, _ rows: [BenchRow]) -> [String] {
    let settings = ResultsLine.settings(of: rows)
    let names = Dictionary(
      zip(settings, distinguished(settings)), uniquingKeysWith: { first, _ in first })
    func line(_ rows: [BenchRow]) -> String {
      let own = ResultsLine.settings(of: rows).compactMap { names[$0] }
      let isListed = settings.count > 1 && own.count <= mostNames
      let title = isListed ? "\(label) (\(own.joined(separator: " / ")))" : label
      return ResultsLine("`\(name)`: \(title)", rows).text
    }
    var units: [String] = []
    for row in rows where !units.contains(row.unit) { units.append(row.unit) }
    return units.flatMap { unit in
      let alike = rows.filter { $0.unit == unit }
      let settings = ResultsLine.settings(of: alike)
      let isGrid = settings.count > 1 && Set(alike.map(\.column)).count > 1
      guard isGrid, settings.count <= mostLines else { return [line(alike)] }
      return settings.map { setting in line(alike.filter { $0.setting == setting }) }
    }
  }

  /// Settings without the parts, between commas and colons, that all of them begin or end with.
  private static func distinguished(_ settings: [String]) -> [String] {
    var parts = settings.map {
      $0.replacing(": ", with: ", ").split(separator: ", ").map(String.init)
    }
    guard settings.count > 1 else { return settings }
    while parts.allSatisfy({ $0.count > 1 }), Set(parts.map { $0[$0.count - 1] }).count == 1 {
      for index in parts.indices { parts[index].removeLast() }
    }
    while parts.allSatisfy({ $0.count > 1 }), Set(parts.map { $0[0] }).count == 1 {
      for index in parts.indices { parts[index].removeFirst() }
    }
    return parts.map { $0.joined(separator: ", ") }
  }

  private static let mostLines = 2
  private static let mostNames = 8
}
