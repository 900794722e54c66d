import AutoPrune
import Foundation

/// Tables of coupling groups, as `inspect --groups` prints them.
struct CouplingTable {
  let text: String

  init(_ inspection: CouplingInspection) {
    var groups = TextTable(["group", "kind", "units", "parameters each", "layers"])
    for group in inspection.groups {
      groups.append([
        group.name, group.kind, Format.count(group.units), Format.count(group.parametersPerUnit),
        "\(group.layers.count)",
      ])
    }
    var branches = TextTable(["branch that can be cut out", "units", "layers"])
    for branch in inspection.branches {
      branches.append([branch.name, Format.count(branch.units), "\(branch.layers.count)"])
    }
    var obstacles = TextTable(["cannot be cut out", "outputs", "because"])
    for obstacle in inspection.obstacles {
      obstacles.append([
        obstacle.layer,
        "\(Format.count(obstacle.blocked)) of \(Format.count(obstacle.outputs))",
        "\(obstacle.operation) '\(obstacle.node)' \(obstacle.reason)",
      ])
    }
    let share =
      inspection.outputs == 0
      ? 0 : Double(inspection.prunableOutputs) / Double(inspection.outputs)
    text = """
      \(groups.text)

      \(inspection.branches.isEmpty ? "no residual branch can be cut out" : branches.text)

      \(inspection.obstacles.isEmpty ? "every layer output can be cut out" : obstacles.text)

      \(Format.count(inspection.prunableOutputs)) of \(Format.count(inspection.outputs)) layer outputs \
      (\(Format.percent(share))) can be cut out, in \(inspection.groups.count) groups
      """
  }
}

/// Text of an explanation: a table of features per layer, and one for a single weight where asked for.
struct ExplanationText {
  let text: String

  init(_ explanation: MaskExplanation) {
    let layers = Self.layers(explanation)
    text = explanation.weight.map { "\(Self.weight($0))\n\n\(layers)" } ?? layers
  }

  private static func layers(_ explanation: MaskExplanation) -> String {
    var lines = [
      "\(explanation.predictor), sparsity \(Format.percent(explanation.sparsity)): features that separate kept from pruned weights,",
      "by the mean part of the kept weights' scores less that of the pruned ones'",
    ]
    for layer in explanation.layers {
      lines.append(
        "\n\(layer.name)  \(layer.kind) \(Format.shape(layer.shape))  sparsity \(Format.percent(layer.sparsity))"
      )
      if layer.influences.isEmpty { lines.append("  nothing was pruned, or nothing kept") }
      // With one layer asked for there is room for all of its features.
      let shown = explanation.layers.count == 1 ? layer.influences.count : 5
      var table = TextTable(["  feature", "separation"])
      for influence in layer.influences.prefix(shown) where abs(influence.separation) >= 5e-5 {
        table.append(["  \(influence.feature)", signed(influence.separation)])
      }
      if !layer.influences.isEmpty { lines.append(table.text) }
    }
    return lines.joined(separator: "\n")
  }

  private static func weight(_ weight: MaskExplanation.Weight) -> String {
    let index = weight.index.map(String.init).joined(separator: ",")
    var lines = [
      "\(weight.layer)[\(index)]: \(weight.isKept ? "kept" : "pruned"), weight \(signed(weight.value))",
      "importance \(String(format: "%.3f", weight.importance)), score \(signed(weight.score)): higher than "
        + "\(Format.percent(weight.rankInLayer)) of the layer's and \(Format.percent(weight.rankOverall)) of all weights'",
    ]
    if !weight.path.isEmpty {
      lines.append("path: \(weight.path.joined(separator: ", "))")
    }
    var table = TextTable(["feature", "value", "part of the score"])
    for part in weight.contributions {
      table.append([part.feature, String(format: "%.4g", part.value), signed(part.contribution)])
    }
    table.append(["constant", "", signed(weight.intercept)])
    return (lines + [table.text]).joined(separator: "\n")
  }

  private static func signed(_ value: Double) -> String { String(format: "%+.4f", value) }
}
