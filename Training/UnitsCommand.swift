import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct UnitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "units",
    abstract: "Make the archive behind the presets for whole units, and those presets.")

  @Option(help: "The campaign's archive.")
  var archive = "units.sqlite"

  @Option(help: "Folder for the presets.")
  var presets = "Presets"

  @Option(help: "Folder with mnist/; tasks on it are left out where it is absent.")
  var data = "../shared/data"

  @Option(help: "Seeds per network.")
  var seeds = 2

  @Option(help: "Threads of the engine; all cores by default.")
  var threads: Int?

  @Option(help: "The preset of this granularity alone.")
  var only: String?

  @Flag(help: "Make the runs, fit nothing.")
  var onlyRuns = false

  @Flag(help: "A few small networks: does it run at all?")
  var smoke = false

  func run() async throws {
    let store = try RunArchive(path: archive)
    let tasks = try CampaignTask.units(
      dataFolder: URL(fileURLWithPath: data), seeds: smoke ? 1 : seeds, isSmoke: smoke)
    try await CampaignRuns(archive: store, tasks: tasks, threads: threads, isSmoke: smoke)
      .makeMissing(progress: report)
    if onlyRuns { return }
    let networks = try LearnableNetwork.all(in: [store])
    let engine = try TorchEngine(threads: threads)
    for granularity in [Granularity.channel, .head, .layer, .auto]
    where only.map { $0 == granularity.description } ?? true {
      let fit = UnitPresetFit(
        networks: networks, fitting: UnitFitting(granularity: granularity),
        title: "shipped for --granularity \(granularity): logistic, over whole units",
        command: ["swift", "run", "-c", "release", "Training", "units", "--seeds", "\(seeds)"])
      let preset = try fit.preset(engine: engine) { report($0) }
      try PresetFolder(path: presets).write(preset, named: granularity.description)
      report("written: \(granularity).json")
    }
  }
}
