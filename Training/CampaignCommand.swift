import ArgumentParser
import AutoPrune
import TorchBackend

struct CampaignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Make the archive behind the shipped presets, and the presets.",
    discussion: """
      Trains and prunes many small networks, each run archived; then fits a predictor to the archive and scores it on \
      families left out. Runs that the archive holds are not made again, so a campaign that was stopped goes on.
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
