import ArgumentParser
import AutoPrune
import TorchBackend

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
