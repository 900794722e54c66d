import AutoPrune
import Foundation

/// A preset's card as a page for people.
struct ModelCard {
  let text: String

  init(_ preset: Preset) {
    let card = preset.card
    let methods = Set(card.heldOut.flatMap(\.metrics.keys)).sorted()
    var lines = [
      "# \(card.title)", "",
      "- Kind: \(preset.predictor.kind.rawValue), feature registry version \(preset.registryVersion).",
      "- Features: \(preset.predictor.featureNames.map { "`\($0)`" }.joined(separator: ", ")).",
      "- Fitted to \(card.runCount) archived runs of \(card.families.count) families (architecture × data set).",
      "- Made by: `\(card.command)`, AutoPrune \(card.programVersion).", "",
      "## Held-out families", "",
      "Accuracy in percent right after pruning in one step, no weight update, on examples that neither the fit nor the",
      "statistics saw; every row's family was left out of the fit whose `predictor` it shows.", "",
      "| family | sparsity | \(methods.joined(separator: " | ")) |",
      "|---|---|\(String(repeating: "---|", count: methods.count))",
    ]
    func cell(_ value: Double?) -> String { value.map { String(format: "%.1f", 100 * $0) } ?? "" }
    for score in card.heldOut {
      lines.append(
        "| \(score.family) | \(score.sparsity) | \(methods.map { cell(score.metrics[$0]) }.joined(separator: " | ")) |")
    }
    let means = methods.map { method in
      let values = card.heldOut.compactMap { $0.metrics[method] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    lines.append("| **mean** | | \(means.map(cell).joined(separator: " | ")) |")
    text = lines.joined(separator: "\n") + "\n"
  }
}
