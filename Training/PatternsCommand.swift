import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct PatternsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patterns",
    abstract:
      "Fit the presets for blocks, kernels and patterns of connections to the campaign's archive.",
    discussion: "Of every family the first network is fitted to.")

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Folder for the presets.")
  var presets = "Presets"

  @Option(help: "The preset of this name alone: block, kernel or nm.")
  var only: String?

  func run() async throws {
    var families: Set<String> = []
    let networks = try campaign.networks().map(\.learnable)
      .filter { families.insert($0.family).inserted }
    let engine = try TorchEngine(threads: campaign.threads)
    for (name, spelling) in [("block", "block:4x4"), ("kernel", "kernel"), ("nm", "nm:2:4")]
    where only == nil || only == name {
      let granularity = try Granularity(spelling)
      // Elsewhere a kernel is a single connection.
      let learnable = networks.filter { network in
        granularity != .kernel
          || network.graph.prunableLayers().contains { $0.layout.kernelArea > 1 }
      }
      let preset = try ArchiveFit(
        networks: learnable, fitting: PredictorFitting(granularity: granularity),
        title:
          "shipped for --granularity \(name): logistic, over connections, by \(spelling)",
        command: ["swift", "run", "-c", "release", "Training", "patterns"]
      ).preset(engine: engine) { report("\(name): \($0)") }
      try PresetFolder(path: presets).write(preset, named: name)
      report("written: \(name).json")
    }
  }
}
