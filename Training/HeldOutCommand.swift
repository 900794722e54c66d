import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

struct HeldOutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "held-out",
    abstract: "Score the way the default predictor is fitted on groups left out of the fit.",
    discussion: """
      Every --stride-th group (architecture × data set) is left out, θ fitted to the others, and the networks left out \
      are pruned without any weight update: by the predictor in passes with the prior as the alternative, without it, ranking \
      once, adapted, adapted with θ held, shuffled within layers, by masks optimised from it, and by every hand-made \
      criterion. Cells that the log holds are not made again.
      """)

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Leave out every how-manieth group.")
  var stride = 3

  @Option(
    name: .customLong("families"),
    help:
      "At most this many of the groups left out are tried; the others are left out all the same.")
  var groups = 10

  @Option(help: "Seeds of the calibration sample.")
  var seeds = 3

  @Option(help: "Sparsities, comma-separated.")
  var sparsities = "0.5,0.7,0.8,0.9,0.95,0.98"

  @Option(help: "Methods left out, comma-separated.")
  var without = ""

  @Option(help: "Seed of the fit.")
  var fitSeed: UInt64 = 0

  @OptionGroup var fit: FitArguments

  @Option(help: "File of finished cells, a line of JSON each.")
  var log = "held-out.jsonl"

  @Option(help: "The fitted predictor, written where absent and read where present.")
  var fitted = "held-out-preset.json"

  @Option(help: "Also write the tables as JSON, for the card and for a notebook.")
  var json: String?

  func run() async throws {
    let networks = try campaign.networks()
    let left = networks.leftOut(stride: stride)
    let engine = try TorchEngine(threads: campaign.threads)
    let predictor = try predictor(leaving: left, networks: networks, engine: engine)
    let values = sparsities.split(separator: ",").compactMap { Double($0) }
    let experiment = HeldOutExperiment(engine: engine, sparsities: values)
    let criteria = SaliencyCriteria.all.map(\.name)
    let alone = HeldOutMethod.withoutAlternative(predictor, name: "without alternative")
    let unwanted = Set(without.split(separator: ",").map(String.init))
    let methods =
      try
      ([
        .zeroShot(predictor, name: "zero-shot"), alone,
        .oneShot(predictor, name: "one-shot"), .adapted(predictor, name: "adapted"),
        .longer(predictor, name: "passes alone"),
        .zeroShot(LogisticPredictor.prior, name: "prior"),
        .shuffled(alone, name: "shuffled"), .optimized(from: alone, name: "optimized"),
      ] + criteria.map { try HeldOutMethod.criterion($0) })
      .filter { !unwanted.contains($0.name) }
    var cells = try HeldOutLog(file: URL(fileURLWithPath: log))
    let tried = left.sorted().prefix(groups)
    for seed in 0..<seeds {
      for group in tried {
        let members = networks.filter { $0.group == group }
        guard !members.isEmpty else { continue }
        let start = ContinuousClock.now
        try experiment.run(
          methods, on: try members[seed % members.count].subject(), seed: UInt64(seed),
          log: &cells)
        report("seed \(seed) \(group): \((ContinuousClock.now - start).components.seconds) s")
      }
    }
    let summary = HeldOutSummary(cells.cells, criteria: criteria)
    let result = HeldOutResult(summary, seeds: Set(cells.cells.map(\.seed)).count)
    print(result.text)
    if let json { try result.write(to: URL(fileURLWithPath: json)) }
  }

  private func predictor(
    leaving left: Set<String>, networks: [ArchivedNetwork], engine: TorchEngine
  ) throws -> any ImportancePredictor {
    let file = URL(fileURLWithPath: fitted)
    if FileManager.default.fileExists(atPath: file.path) {
      return try Preset.read(contentsOf: file).predictor
    }
    let training = networks.filter { !left.contains($0.group) }
    let fitting = try fit.fitting(seed: fitSeed)
    report(
      "fitting to \(training.count) networks, without \(left.sorted().joined(separator: ", "))")
    let predictor = try fitting.fit(to: training.map(\.learnable), engine: engine) {
      report("  \($0)")
    }
    try Preset(
      model: .logistic(predictor),
      card: PresetCard(
        title: "fitted without the groups it is tried on",
        groups: Set(training.map(\.group)).sorted(), runCount: training.count,
        command: ["Training held-out --stride \(stride)", fit.text].filter { !$0.isEmpty }
          .joined(separator: " "), programVersion: AutoPruneVersion.text,
        heldOut: [], notes: "For the held-out table alone.")
    ).write(to: file)
    return predictor
  }
}
