import ArgumentParser
import AutoPrune
import Foundation

struct PredictorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predictor",
    abstract: "List, show and compare predictors, shipped ones and your own.",
    discussion: "autoprune predictor show default",
    subcommands: [List.self, Show.self, Compare.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the shipped presets.", discussion: "autoprune predictor list")

    func run() async throws {
      try await Failure.reported {
        var table = TextTable(["preset", "kind", "features", "runs", "title"])
        for name in try ShippedPresets.names() {
          let preset = try ShippedPresets.preset(named: name)
          table.append([
            name, preset.predictor.kind.rawValue, String(preset.predictor.featureNames.count),
            String(preset.card.runCount), preset.card.title,
          ])
        }
        print(table.text)
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Show what a preset was fitted to, and its accuracies on networks left out of the fit.",
      discussion: "autoprune predictor show ours.json")

    @Argument(help: "A shipped preset by name, or a preset file.")
    var preset: String

    func run() async throws {
      try await Failure.reported {
        let preset = try ShippedPresets.preset(namedOrAt: preset)
        let card = preset.card
        print(
          """
          \(card.title)
          kind      \(preset.predictor.kind.rawValue)
          features  \(preset.predictor.featureNames.joined(separator: ", "))
          fitted to \(card.runCount) runs of \(card.groups.count) groups of networks: \(card.groups.joined(separator: ", "))
          command   \(card.command)
          """)
        if !card.notes.isEmpty { print("notes     \(card.notes)") }
        if let calibration = card.calibration {
          print("p̂         \(calibration.summary). \(calibration.notes)")
        }
        guard !card.heldOut.isEmpty else { return }
        let methods = Set(card.heldOut.flatMap(\.metrics.keys)).sorted()
        var table = TextTable(["held-out group", "sparsity"] + methods)
        for score in card.heldOut {
          table.append(
            [score.group, Format.percent(score.sparsity)]
              + methods.map { score.metrics[$0].map(Format.percent) ?? "–" })
        }
        print("\n\(table.text)")
      }
    }
  }
}
