import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct FitSignalsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit-signals",
    abstract: "Compare the signals that θ can be fitted to, on families left out of the fit.",
    discussion: """
      The end-to-end fit is read from --fitted, as `held-out` leaves it; the fit to survival in optimised masks is made to \
      the same networks. Both select in passes and are tried on the same networks; cells that the log holds are not made \
      again.
      """)

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Leave out every how-manieth family.")
  var stride = 3

  @Option(help: "At most this many of the families left out are tried.")
  var families = 10

  @Option(help: "Seeds of the calibration sample.")
  var seeds = 1

  @Option(help: "Sparsities, comma-separated.")
  var sparsities = "0.8,0.9,0.95,0.98"

  @Option(help: "The end-to-end fit without the families left out.")
  var fitted = "held-out-preset.json"

  @Option(help: "File of finished cells, a line of JSON each.")
  var log = "fit-signals.jsonl"

  func run() async throws {
    let networks = try campaign.networks()
    let left = networks.leftOut(stride: stride)
    let engine = try TorchEngine(threads: campaign.threads)
    let endToEnd = try Preset.read(contentsOf: URL(fileURLWithPath: fitted)).predictor
    let survival = try MaskSurvivalFitting().fit(
      to: networks.filter { !left.contains($0.family) }.map(\.learnable), engine: engine
    ) { report($0) }
    let methods: [HeldOutMethod] = [
      .zeroShot(LogisticPredictor.prior, name: "prior"),
      .unrivalled(endToEnd, name: "end to end"),
      .unrivalled(survival, name: "mask survival"),
      .oneShot(endToEnd, name: "end to end, one-shot"),
      .oneShot(survival, name: "mask survival, one-shot"),
    ]
    let experiment = HeldOutExperiment(
      engine: engine, sparsities: sparsities.split(separator: ",").compactMap { Double($0) })
    var cells = try HeldOutLog(file: URL(fileURLWithPath: log))
    for seed in 0..<seeds {
      for family in left.sorted().prefix(families) {
        guard let subject = try networks.first(where: { $0.family == family })?.subject() else {
          continue
        }
        try experiment.run(methods, on: subject, seed: UInt64(seed), log: &cells)
        report("seed \(seed) \(family): done")
      }
    }
    print(HeldOutResult(HeldOutSummary(cells.cells, criteria: []), seeds: seeds).text)
  }
}
