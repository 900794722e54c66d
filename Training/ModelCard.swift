import AutoPrune
import Foundation
import PruneLearning

/// A preset's card as a Markdown page.
struct ModelCard {
  let text: String

  /// - Parameters:
  ///   - preset: the preset with its card.
  ///   - table: result of the held-out table; `nil` where it was not made.
  ///   - curve: learning curve; `nil` where it was not made.
  init(_ preset: Preset, table: HeldOutResult? = nil, curve: LearningCurve? = nil) {
    let card = preset.card
    let methods = Set(card.heldOut.flatMap(\.metrics.keys)).sorted()
    var lines = [
      "# \(card.title)", "",
      "- Kind: \(preset.predictor.kind.rawValue), feature registry version \(preset.registryVersion).",
      "- Features: \(preset.predictor.featureNames.map { "`\($0)`" }.joined(separator: ", ")).",
      "- Fitted to \(card.runCount) archived runs of \(card.groups.count) groups (architecture × data set).",
      "- Made, and measured, by: `\(card.command)`, AutoPrune \(card.programVersion).",
      "- \(card.notes)",
    ]
    if let calibration = card.calibration { lines.append("- p̂: \(calibration.summary).") }
    lines += [
      "", "## Held-out groups", "",
    ]
    lines += Self.heldOutText(of: preset)
    lines += [
      "",
      "| group | sparsity | \(methods.joined(separator: " | ")) |",
      "|---|---|\(String(repeating: "---|", count: methods.count))",
    ]
    func cell(_ value: Double?) -> String { value.map { String(format: "%.1f", 100 * $0) } ?? "" }
    for score in card.heldOut {
      lines.append(
        "| \(score.group) | \(score.sparsity) | \(methods.map { cell(score.metrics[$0]) }.joined(separator: " | ")) |"
      )
    }
    func means(_ scores: [PresetCard.HeldOutScore]) -> String {
      methods.map { method in
        let values = scores.compactMap { $0.metrics[method] }
        return cell(values.isEmpty ? nil : values.reduce(0, +) / Double(values.count))
      }.joined(separator: " | ")
    }
    for sparsity in Set(card.heldOut.map(\.sparsity)).sorted() {
      let scores = card.heldOut.filter { $0.sparsity == sparsity }
      lines.append("| **mean** | \(sparsity) | \(means(scores)) |")
    }
    lines.append("| **mean** | all | \(means(card.heldOut)) |")
    if let table { lines += Self.section(of: table) }
    if let curve { lines += Self.section(of: curve) }
    if let calibration = card.calibration {
      lines += Self.section(of: calibration, by: preset.model.predictor.calibration)
    }
    lines += Self.coefficients(of: preset)
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func heldOutText(of preset: Preset) -> [String] {
    let scored = [
      "Accuracy in percent right after pruning, no weight update, on examples that neither the fit nor the selection",
      "saw (the networks themselves were trained on them).",
    ]
    if preset.predictor.ranksUnits {
      return scored + [
        "Sparsity is the share of the MACs removed; a network is left out where units of this kind are too little of it.",
        "The groups are left out by thirds: every row's group was left out of the fit whose `predictor` it shows.",
        "`prior` is the gates' second-order loss; both score again as units go. The criteria are added up over a unit's",
        "weights once.",
      ]
    }
    return scored + [
      "The groups are left out by thirds: every row's group was left out of the fit whose `predictor` it shows.",
      "`prior` is the predictor set by hand that the fit starts from; both select in passes, with weights coming",
      "back, and the hand-made criteria rank once.",
    ]
  }

  private static func section(of table: HeldOutResult) -> [String] {
    [
      "", "## Against every criterion, adapted and bounded", "",
      "`swift run -c release Training held-out`: \(table.groups.count) groups left out of the fit, \(table.seeds) calibration seeds, the whole",
      "training part of each network's data for selection and adaptation, its test part for the scores. `zero-shot` selects by the",
      "predictor and by the prior and takes the masks with the lower loss on the training part; `without alternative` selects by the",
      "predictor alone, and `shuffled` and `optimized` start from there: the first keeps the shares per layer alone, the second",
      "optimises masks directly with weights frozen. `adapted` goes on from `zero-shot`, `passes alone`, where it is in the",
      "table, with θ held. The best single criterion is chosen, for each group, on the other groups. All rows are in",
      "`held-out.json`.", "",
      table.comparisonText,
    ]
  }

  private static func section(of curve: LearningCurve) -> [String] {
    [
      "", "## It learns", "",
      "`\(curve.command)`: mean accuracy on \(curve.groups.count) groups left out, sparsities",
      "\(curve.sparsities.map { "\($0)" }.joined(separator: ", ")), selecting by the predictor alone, against the number of archived runs that θ was fitted to; 0 runs",
      "is the prior set by hand. A draw takes the first runs of an order of its own, in which groups take turns, and other",
      "networks of the groups left out; gains are over the prior on the same networks. Numbers: `learning-curve.json`.",
      "", curve.text,
    ]
  }

  private static func section(
    of measured: PresetCard.Calibration, by calibration: ScoreCalibration
  ) -> [String] {
    func rows(_ name: String, _ curve: ReliabilityCurve) -> [String] {
      curve.bins.map {
        "| \(name) | \(String(format: "%.3f | %.3f | %.0f", $0.meanPrediction, $0.survivalRate, $0.weight)) |"
      }
    }
    return [
      "", "## Reliability of p̂", "",
      "p̂ = σ(\(String(format: "%.3f · score %+.3f", calibration.slope, calibration.intercept))): the probability that a weight belongs to a mask optimised",
      "directly, weights frozen, at densities \(measured.densities.map { "\($0)" }.joined(separator: ", ")). Of \(measured.groups.count) groups each is judged by a calibration fitted to the others.",
      measured.notes, "",
      "| p̂ | predicted | in the mask | weights |", "|---|---|---|---|",
    ] + rows("as scored", measured.before) + rows("calibrated", measured.after)
  }

  /// The largest coefficients of θ, by descending magnitude.
  private static func coefficients(of preset: Preset) -> [String] {
    guard case .logistic(let predictor) = preset.model else { return [] }
    let names = predictor.basis.featureNames
    let terms = zip(predictor.basis.terms, predictor.coefficients).map { term, coefficient in
      let factors = term.factors.map { "`\(names[$0])`" }
      let power = term.sparsityPower == 0 ? [] : ["target sparsity^\(term.sparsityPower)"]
      return (name: (factors + power).joined(separator: " × "), coefficient: coefficient)
    }
    let largest = terms.sorted { $0.coefficient.magnitude > $1.coefficient.magnitude }.prefix(24)
    return [
      "", "## Coefficients", "",
      "The largest \(largest.count) of \(terms.count), of standardised features.", "",
      "| term | coefficient |", "|---|---|",
    ] + largest.map { "| \($0.name) | \(String(format: "%+.3f", $0.coefficient)) |" }
  }
}
