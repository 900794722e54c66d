import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

struct FitSignalsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit-signals",
    abstract: "Compare the signals that θ can be fitted to, on groups left out of the fit.",
    discussion: """
      The end-to-end fit is read from --fitted, as `held-out` leaves it; the fits to survival in optimised masks and to set \
      probes are made to the same networks. All select in passes and are tried on the same networks; cells that the log \
      holds are not made again.
      """)

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Leave out every how-manieth group.")
  var stride = 3

  @Option(
    name: .customLong("families"),
    help: "At most this many of the groups left out are tried.")
  var groups = 10

  @Option(help: "Seeds of the calibration sample.")
  var seeds = 1

  @Option(help: "Sparsities, comma-separated.")
  var sparsities = "0.8,0.9,0.95,0.98"

  @Option(help: "The end-to-end fit without the groups left out.")
  var fitted = "held-out-preset.json"

  @Option(help: "Steps of the search for a mask.")
  var searchSteps = 200

  @Flag(
    help:
      "Select and score on the examples archived beside the networks, each half of them, not on the whole data set."
  )
  var archivedExamples = false

  @Option(help: "File of finished cells, a line of JSON each.")
  var log = "fit-signals.jsonl"

  func run() async throws {
    let networks = try campaign.networks()
    let left = networks.leftOut(stride: stride)
    let engine = try TorchEngine(threads: campaign.threads)
    let endToEnd = try Preset.read(contentsOf: URL(fileURLWithPath: fitted)).predictor
    let training = networks.filter { !left.contains($0.group) }.map(\.learnable)
    var survival = MaskSurvivalFitting()
    survival.searchSteps = searchSteps
    let signals: [(name: String, predictor: any ImportancePredictor)] = [
      ("end to end", endToEnd),
      ("mask survival", try survival.fit(to: training, engine: engine) { report($0) }),
      ("set probes", try SetProbeFitting().fit(to: training, engine: engine) { report($0) }),
    ]
    let methods =
      [HeldOutMethod.zeroShot(LogisticPredictor.prior, name: "prior")]
      + signals.map { .withoutAlternative($0.predictor, name: $0.name) }
      + signals.map { .oneShot($0.predictor, name: "\($0.name), one-shot") }
    let experiment = HeldOutExperiment(
      engine: engine, sparsities: sparsities.split(separator: ",").compactMap { Double($0) })
    var cells = try HeldOutLog(file: URL(fileURLWithPath: log))
    for seed in 0..<seeds {
      for group in left.sorted().prefix(groups) {
        guard let network = networks.first(where: { $0.group == group }) else { continue }
        let subject =
          archivedExamples ? HeldOutSubject(network.learnable) : try network.subject()
        try experiment.run(methods, on: subject, seed: UInt64(seed), log: &cells)
        report("seed \(seed) \(group): done")
      }
    }
    print(HeldOutResult(HeldOutSummary(cells.cells, criteria: []), seeds: seeds).text)
  }
}
