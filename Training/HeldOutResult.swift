import AutoPrune
import Foundation
import PruneLearning

/// Result of the held-out table, for the card and for a notebook.
struct HeldOutResult: Codable {
  /// Groups of networks (architecture × data set) in the table.
  let groups: [String]
  /// Number of seeds of the calibration set.
  let seeds: Int
  let methods: [String]
  /// Mean accuracy per method.
  let means: [String: Double]
  let comparisons: [HeldOutSummary.Comparison]
  let rows: [HeldOutSummary.Row]

  private enum CodingKeys: String, CodingKey {
    case groups = "families"
    case seeds, methods, means, comparisons, rows
  }

  init(_ summary: HeldOutSummary, seeds: Int) {
    groups = Set(summary.rows.map(\.group)).sorted()
    self.seeds = seeds
    methods = summary.methods
    means = Dictionary(
      uniqueKeysWithValues: summary.methods.map { ($0, summary.mean($0)) })
    comparisons = summary.methods.filter { !summary.criteria.contains($0) }
      .compactMap { summary.comparison(of: $0) }
    rows = summary.rows
  }

  /// Tables in Markdown: methods first, then every row.
  var text: String { "\(comparisonText)\n\n\(rowText)" }

  var comparisonText: String {
    let lines = comparisons.map { it in
      let worst =
        it.worstRow.isEmpty ? "never" : "\(percent(it.worstDeficit)) (\(it.worstRow))"
      let numbers = [
        it.mean, it.seedDeviation, it.singleMean, it.mean - it.singleMean, it.wonShare,
      ]
      return "| \(it.method) | \(numbers.map(percent).joined(separator: " | ")) | \(worst) |"
    }
    let header =
      "| method | mean | sd over seeds | best single criterion of the other groups | margin | rows won | furthest below the row's best criterion |"
    return ([header, "|---|---|---|---|---|---|---|"] + lines).joined(separator: "\n")
  }

  private var rowText: String {
    var lines = [
      "| group | sparsity | \(methods.joined(separator: " | ")) |",
      "|---|---|\(String(repeating: "---|", count: methods.count))",
    ]
    for row in rows {
      let values = methods.map { row.metrics[$0].map(percent) ?? "" }
      lines.append("| \(row.group) | \(row.sparsity) | \(values.joined(separator: " | ")) |")
    }
    let values = methods.map { means[$0].map(percent) ?? "" }
    lines.append("| **mean** | | \(values.joined(separator: " | ")) |")
    return lines.joined(separator: "\n")
  }

  private func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }
}

extension Encodable {
  /// Writes readable JSON.
  func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: file)
  }
}

extension Decodable {
  /// Reads a value from JSON.
  ///
  /// - Returns: `nil` where there is no such file.
  static func readIfPresent(_ file: URL) throws -> Self? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }
}
