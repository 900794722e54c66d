import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import PruneSupport
import TorchBackend

struct CampaignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Make the archive behind the shipped presets, and the presets.",
    discussion: """
      Trains and prunes many small networks, each run archived; then fits a predictor to the archive and scores it on \
      groups left out. Runs that the archive holds are not made again, so a campaign that was stopped goes on.
      """)

  @OptionGroup var campaign: CampaignArguments

  @Flag(help: "Write the card of the preset that is there anew, run and fit nothing.")
  var onlyCard = false

  func run() async throws {
    let folder = PresetFolder(path: campaign.presets)
    if onlyCard { return try folder.writeCard(of: try folder.preset(named: name), named: name) }
    let store = try await campaign.makeRuns(archive: "campaign.sqlite", CampaignTask.all)
    if campaign.onlyRuns { return }
    let fit = try ArchiveFit(
      networks: try LearnableNetwork.all(in: [store]),
      title: "shipped default: logistic, fitted end to end",
      command: ["swift", "run", "-c", "release", "Training", "--seeds", "\(campaign.seeds)"])
    let preset = try fit.preset(engine: try TorchEngine(threads: campaign.threads)) { report($0) }
    try folder.write(preset, named: name)
    report("written: \(name).json")
  }

  private var name: String { "default" }
}

struct UnitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "units",
    abstract: "Make the archive behind the presets for whole units, and those presets.")

  @OptionGroup var campaign: CampaignArguments

  @Option(help: "The preset of this granularity alone.")
  var only: String?

  func run() async throws {
    let store = try await campaign.makeRuns(archive: "units.sqlite", CampaignTask.units)
    if campaign.onlyRuns { return }
    let networks = try LearnableNetwork.all(in: [store])
    let engine = try TorchEngine(threads: campaign.threads)
    for granularity in [Granularity.channel, .head, .layer, .auto]
    where only == nil || only == granularity.description {
      let fit = UnitPresetFit(
        networks: networks, fitting: UnitFitting(granularity: granularity),
        title: "shipped for --granularity \(granularity): logistic, over whole units",
        command: [
          "swift", "run", "-c", "release", "Training", "units", "--seeds", "\(campaign.seeds)",
        ])
      let preset = try fit.preset(engine: engine) { report($0) }
      try PresetFolder(path: campaign.presets).write(preset, named: granularity.description)
      report("written: \(granularity).json")
    }
  }
}

struct PatternsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patterns",
    abstract:
      "Fit the presets for blocks, kernels and patterns of weights to the campaign's archive.",
    discussion: "Of every group the first network is fitted to.")

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Folder for the presets.")
  var presets = "Presets"

  @Option(help: "The preset of this name alone: block, kernel or nm.")
  var only: String?

  func run() async throws {
    var groups: Set<String> = []
    let networks = try campaign.networks().map(\.learnable)
      .filter { groups.insert($0.group).inserted }
    let engine = try TorchEngine(threads: campaign.threads)
    for (name, spelling) in [("block", "block:4x4"), ("kernel", "kernel"), ("nm", "nm:2:4")]
    where only == nil || only == name {
      let granularity = try Granularity(spelling)
      // Elsewhere a kernel is a single weight.
      let learnable = networks.filter { network in
        granularity != .kernel
          || network.graph.prunableLayers().contains { $0.layout.kernelArea > 1 }
      }
      let preset = try ArchiveFit(
        networks: learnable, fitting: PredictorFitting(granularity: granularity),
        title:
          "shipped for --granularity \(name): logistic, over weights, by \(spelling)",
        command: ["swift", "run", "-c", "release", "Training", "patterns"]
      ).preset(engine: engine) { report("\(name): \($0)") }
      try PresetFolder(path: presets).write(preset, named: name)
      report("written: \(name).json")
    }
  }
}

/// Folder of presets, each with its card.
struct PresetFolder {
  let path: String

  func preset(named name: String) throws -> Preset {
    try Preset.read(contentsOf: file("\(name).json"))
  }

  func write(_ preset: Preset, named name: String) throws {
    try preset.write(to: file("\(name).json"))
    try writeCard(of: preset, named: name)
  }

  /// Writes the card of a preset; that of `default` shows the tables that were measured with it.
  func writeCard(of preset: Preset, named name: String) throws {
    let isDefault = name == "default"
    let card = ModelCard(
      preset,
      table: isDefault ? try HeldOutResult.readIfPresent(file("held-out.json")) : nil,
      curve: isDefault ? try LearningCurve.readIfPresent(file("learning-curve.json")) : nil)
    try AtomicFile.write(
      Array(card.text.utf8), to: file("\(name).md").path, isDurable: true)
  }

  private func file(_ name: String) -> URL {
    URL(fileURLWithPath: path).appendingPathComponent(name)
  }
}
