import AutoPrune

/// What is written to a preset beside what could have been used in its place, on held-out families.
struct HeldOutComparison {
  private let scores: [PresetCard.HeldOutScore]
  /// The column of what is written: the fit, or the prior where the fit does not beat it.
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

  /// Whether what is written scores higher.
  func beats(_ method: String) -> Bool { mean(written) > mean(method) }

  /// A column per method, and which of them is written.
  var text: String {
    var table = TextTable(["held-out family", "sparsity"] + methods)
    for score in scores {
      table.append(
        [score.family, Format.percent(score.sparsity)]
          + methods.map { score.metrics[$0].map(Format.percent) ?? "–" })
    }
    table.append(["mean", ""] + methods.map { Format.percent(mean($0)) })
    return "\(table.text)\n\(summary)"
  }

  private var summary: String {
    let rivals = methods.filter { !["predictor", "prior"].contains($0) }
    let own = "what is written is the column '\(written)', \(Format.percent(mean(written)))"
    guard let best = rivals.max(by: { mean($0) < mean($1) }) else { return own }
    return "\(own); the best hand-made criterion is \(best), \(Format.percent(mean(best)))"
  }
}
