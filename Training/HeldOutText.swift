import AutoPrune
import Foundation

/// A summary of held-out networks as tables in Markdown.
struct HeldOutText {
  let text: String

  init(_ summary: HeldOutSummary) {
    func percent(_ value: Double?) -> String {
      value.map { String(format: "%.1f", 100 * $0) } ?? ""
    }
    var lines = [
      "| family | sparsity | \(summary.methods.joined(separator: " | ")) |",
      "|---|---|\(String(repeating: "---|", count: summary.methods.count))",
    ]
    for row in summary.rows {
      let values = summary.methods.map { percent(row.metrics[$0]) }
      lines.append("| \(row.family) | \(row.sparsity) | \(values.joined(separator: " | ")) |")
    }
    let means = summary.methods.map { percent(summary.mean($0)) }
    lines += [
      "| **mean** | | \(means.joined(separator: " | ")) |", "",
      "| method | mean | sd over seeds | best single criterion of the other families | margin | rows won | furthest below the row's best criterion |",
      "|---|---|---|---|---|---|---|",
    ]
    for method in summary.methods where !summary.criteria.contains(method) {
      guard let it = summary.comparison(of: method) else { continue }
      let worst = it.worstRow.isEmpty ? "never" : "\(percent(it.worstDeficit)) (\(it.worstRow))"
      lines.append(
        "| \(method) | \(percent(it.mean)) | \(percent(it.seedDeviation)) | \(percent(it.singleMean)) | \(percent(it.mean - it.singleMean)) | \(percent(it.wonShare)) % | \(worst) |"
      )
    }
    text = lines.joined(separator: "\n")
  }
}
