import AutoPrune

/// Methods on held-out networks as tables for people.
struct ComparisonText {
  let text: String

  init(_ summary: HeldOutSummary) {
    var rows = TextTable(["network family", "sparsity"] + summary.methods)
    for row in summary.rows {
      rows.append(
        [row.family, Format.percent(row.sparsity)]
          + summary.methods.map { row.metrics[$0].map(Format.percent) ?? "–" })
    }
    rows.append(["mean", ""] + summary.methods.map { Format.percent(summary.mean($0)) })
    var comparisons = TextTable([
      "against criteria", "mean", "best single", "margin", "rows won",
      "furthest below a row's best",
    ])
    for method in summary.methods where !summary.criteria.contains(method) {
      guard let found = summary.comparison(of: method) else { continue }
      comparisons.append([
        method, Format.percent(found.mean), Format.percent(found.singleMean),
        Format.points(100 * (found.mean - found.singleMean)), Format.percent(found.wonShare),
        Format.points(100 * found.worstDeficit),
      ])
    }
    text = """
      \(rows.text)

      \(comparisons.text)
      Best single: for every family the criterion that is best on the other families.
      """
  }
}
