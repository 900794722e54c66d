import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct CampaignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Make the archive behind the shipped presets, and the presets.",
    discussion: """
      Trains and prunes many small networks, each run archived; then fits a predictor to the archive and scores it on \
      families left out. Runs that the archive holds are not made again, so a campaign that was stopped goes on.
      """)

  @Option(help: "The campaign's archive.")
  var archive = "campaign.sqlite"

  @Option(help: "Folder for the presets.")
  var presets = "Presets"

  @Option(help: "Folder with mnist/; tasks on it are left out where it is absent.")
  var data = "../shared/data"

  @Option(help: "Seeds per network.")
  var seeds = 2

  @Option(help: "Threads of the engine; all cores by default.")
  var threads: Int?

  @Flag(help: "Make the runs, fit nothing.")
  var onlyRuns = false

  @Flag(help: "Write the card of the preset that is there anew, run and fit nothing.")
  var onlyCard = false

  @Flag(help: "A few small networks: does it run at all?")
  var smoke = false

  func run() async throws {
    let folder = URL(fileURLWithPath: presets)
    let file = folder.appendingPathComponent("default.json")
    if onlyCard { return try writeCard(of: try Preset.read(contentsOf: file), in: folder) }
    let store = try RunArchive(path: archive)
    let tasks = try CampaignTask.all(
      dataFolder: URL(fileURLWithPath: data), seeds: smoke ? 1 : seeds, isSmoke: smoke)
    try await CampaignRuns(archive: store, tasks: tasks, threads: threads, isSmoke: smoke)
      .makeMissing(progress: say)
    if onlyRuns { return }
    let fit = try ArchiveFit(
      networks: try LearnableNetwork.all(in: [store]),
      title: "shipped default: logistic, fitted end to end",
      command: ["swift", "run", "-c", "release", "Training", "--seeds", "\(seeds)"])
    let preset = try fit.preset(engine: try TorchEngine(threads: threads)) { say($0) }
    try preset.write(to: file)
    try writeCard(of: preset, in: folder)
    say("written: \(file.path)")
  }

  private func writeCard(of preset: Preset, in folder: URL) throws {
    let card = ModelCard(
      preset,
      table: try HeldOutResult.readIfPresent(folder.appendingPathComponent("held-out.json")),
      curve: try LearningCurve.readIfPresent(folder.appendingPathComponent("learning-curve.json")))
    try card.text.write(
      to: folder.appendingPathComponent("default.md"), atomically: true, encoding: .utf8)
  }

  private func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
