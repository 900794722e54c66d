/// A few lines per benchmark of a ``BenchRecord``, as the README shows them; ``ResultsTable`` has all.
struct ResultsDigest {
  let text: String

  /// - Parameter order: names of the benchmarks, as they are to follow each other.
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

  /// Where and when all of it was measured.
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

  /// One line, or one per unit, or one per setting where there are several settings and several columns.
  private static func lines(_ name: String, _ label: String, _ rows: [BenchRow]) -> [String] {
    var units: [String] = []
    for row in rows where !units.contains(row.unit) { units.append(row.unit) }
    return units.flatMap { unit in
      let rows = rows.filter { $0.unit == unit }
      let settings = ResultsLine.settings(of: rows)
      let names = distinguished(settings)
      let isGrid = settings.count > 1 && Set(rows.map(\.column)).count > 1
      guard isGrid, settings.count <= mostLines else {
        let listed = names.count > 1 && rows.count <= mostNames
        return [
          ResultsLine(
            "`\(name)`: \(label)" + (listed ? " of \(names.joined(separator: " / "))" : ""), rows
          ).text
        ]
      }
      return zip(settings, names).map { setting, own in
        ResultsLine("`\(name)`: \(label) of \(own)", rows.filter { $0.setting == setting }).text
      }
    }
  }

  /// What settings do not begin and end with in common, in parts between commas and colons.
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
