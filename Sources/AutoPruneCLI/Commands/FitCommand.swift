import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a predictor to archived runs.",
    discussion: """
      autoprune fit --archive runs.sqlite -o ours.json

      The archive keeps small networks with a sample of their data. The predictor's coefficients θ are fitted so that \
      these networks, pruned by the scores θᵀf of their weights' features f, lose least. Where no network was kept, θ is \
      fitted to the measured change of loss for random sets of weights. The networks form groups by architecture and \
      data set; the printed accuracies are of networks whose group was left out of the fit (grouped cross-validation), \
      and the importance p̂ is calibrated on them.
      """)

  @Option(parsing: .upToNextOption, help: "Archives whose runs to fit to.")
  var archive: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Where to write the preset, the JSON file of a predictor.")
  var destination: String

  @Option(
    help: """
      Kind of predictor: logistic (linear in the features), tree (decision tree) or logistic-tree (a logistic one in \
      every leaf).
      """, transform: Self.kind)
  var kind = PredictorKind.logistic

  @Option(
    help: """
      Unit of pruning that the preset is for: element, nm:2:4, block:4x4 or kernel.
      """, transform: Self.granularity)
  var granularity = Granularity.element

  @Option(help: "Folds of the cross-validation; each leaves out a part of the groups of networks.")
  var folds = 3

  @Flag(help: "Fit for one short round only, to try the command out; the preset is worth little.")
  var quick = false

  @Option(help: "Seed of all random choices.")
  var seed: UInt64 = 0

  @Flag(help: "Write the preset even if plain magnitude does better on the left-out groups.")
  var force = false

  @Option(help: "One line on what the preset is for, stored in it.")
  var title = "fitted to archived runs"

  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  private static func kind(_ text: String) throws -> PredictorKind {
    guard let kind = PredictorKind(rawValue: text) else {
      let known = PredictorKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--kind is '\(text)', expected one of \(known)")
    }
    return kind
  }

  private static func granularity(_ text: String) throws -> Granularity {
    let granularity = try Granularity(text)
    switch granularity {
    case .element, .nm, .block, .kernel: return granularity
    case .channel, .head, .layer, .auto:
      throw ValidationError(
        "--granularity is '\(text)', whose presets are fitted to probed units by Training; expected element, nm:2:4, block:4x4 or kernel"
      )
    }
  }

  func validate() throws {
    if granularity != .element, kind != .logistic {
      throw ValidationError(
        "--kind \(kind.rawValue) is fitted to single weights; leave out --granularity \(granularity)"
      )
    }
    guard folds >= 2 else { throw ValidationError("--folds is \(folds), expected 2 or more") }
  }

  func run() async throws {
    try await Failure.reported {
      let console = output.console
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      let archives = try archive.map { try RunArchive(path: $0, access: .readOnly) }
      let networks = try LearnableNetwork.all(in: archives)
      let preset: Preset
      if networks.isEmpty, kind == .logistic, granularity == .element {
        console.progress("no archived network is small enough to be kept; fitting to set probes")
        preset = try ProbeFit(archives: archives, title: title, command: CommandLine.arguments)
          .preset(folds: folds)
      } else {
        let fitting = PredictorFitting(kind: kind, granularity: granularity, seed: seed)
        preset = try ArchiveFit(
          networks: networks, fitting: quick ? fitting.quick : fitting,
          calibration: quick ? .quick : SurvivalCalibration(), folds: folds,
          title: title, command: CommandLine.arguments
        ).preset(engine: try engine.makeEngine()) { console.progress($0) }
      }
      let comparison = HeldOutComparison(of: preset)
      console.result(comparison.text)
      if let calibration = preset.card.calibration { console.result(calibration.summary) }
      guard force || comparison.beats("magnitude") else {
        throw ArchiveFitError.losesToMagnitude(
          predictor: comparison.mean(comparison.written), magnitude: comparison.mean("magnitude"))
      }
      try preset.write(to: file)
      console.result("Written: \(destination)")
      try output.write(preset.card)
    }
  }
}
