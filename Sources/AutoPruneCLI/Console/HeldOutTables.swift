import AutoPrune
import PruneLearning

/// Comparison of the model that a preset holds with the alternatives to it, on held-out groups of networks.
struct HeldOutComparison {
  private let scores: [PresetCard.HeldOutScore]
  /// Column of the model written to the preset: the fit, or the prior where the fit does not beat it.
  let written: String

  init(of preset: Preset) {
    scores = preset.card.heldOut
    written = preset.model.isPrior ? "prior" : "predictor"
  }

  var methods: [String] { Set(scores.flatMap(\.metrics.keys)).sorted() }

  func mean(_ method: String) -> Double {
    let values = scores.compactMap { $0.metrics[method] }
    return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }

  /// `true` where the model written to the preset has the higher mean score.
  func beats(_ method: String) -> Bool { mean(written) > mean(method) }

  /// Table with a column per method, and a line on the one written to the preset.
  var text: String {
    var table = TextTable(["held-out group", "sparsity"] + methods)
    for score in scores {
      table.append(
        [score.group, Format.percent(score.sparsity)]
          + methods.map { score.metrics[$0].map(Format.percent) ?? "–" })
    }
    table.append(["mean", ""] + methods.map { Format.percent(mean($0)) })
    return "\(table.text)\n\(summary)"
  }

  private var summary: String {
    let criteria = methods.filter { !["predictor", "prior"].contains($0) }
    let own =
      "written to the preset: the column '\(written)', mean \(Format.percent(mean(written)))"
    guard let best = criteria.max(by: { mean($0) < mean($1) }) else { return own }
    return "\(own); the best hand-made criterion is \(best), \(Format.percent(mean(best)))"
  }
}

/// Tables of methods on held-out networks.
struct ComparisonText {
  let text: String

  init(_ summary: HeldOutSummary) {
    var rows = TextTable(["group of networks", "sparsity"] + summary.methods)
    for row in summary.rows {
      rows.append(
        [row.group, Format.percent(row.sparsity)]
          + summary.methods.map { row.metrics[$0].map(Format.percent) ?? "–" })
    }
    rows.append(["mean", ""] + summary.methods.map { Format.percent(summary.mean($0)) })
    var comparisons = TextTable([
      "predictor", "mean", "best single criterion", "margin", "rows won",
      "largest deficit in a row",
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
      Best single criterion: in every group the one that is best on the other groups. Margin and deficit in points.
      """
  }
}
