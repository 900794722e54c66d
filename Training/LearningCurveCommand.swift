import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct LearningCurveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-curve",
    abstract:
      "Score on families left out against the number of archived runs that θ was fitted to.",
    discussion: """
      For every number of runs, several draws from the networks of the families that are not left out; the predictor \
      fitted to each prunes the networks left out, without the prior as its rival. Cells that the log holds are not made \
      again.
      """)

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Leave out every how-manieth family.")
  var stride = 3

  @Option(help: "At most this many of the families left out are tried.")
  var families = 1_000

  @Option(help: "Numbers of runs, comma-separated; more than there are means all.")
  var runs = "1,3,10,30,1000"

  @Option(help: "Draws per number of runs.")
  var draws = 3

  @Option(help: "Sparsities, comma-separated.")
  var sparsities = "0.8,0.9,0.95,0.98"

  @Flag(
    help:
      "Select and score on the examples archived beside the networks, each half of them, not on the whole data set."
  )
  var archivedExamples = false

  @OptionGroup var fit: FitArguments

  @Option(help: "File of finished cells, a line of JSON each.")
  var log = "learning-curve.jsonl"

  @Option(help: "Also write the curve as JSON, for a notebook.")
  var json: String?

  func run() async throws {
    let networks = try campaign.networks()
    let left = networks.leftOut(stride: stride)
    let training = networks.filter { !left.contains($0.family) }
    let engine = try TorchEngine(threads: campaign.threads)
    let experiment = HeldOutExperiment(
      engine: engine, sparsities: sparsities.split(separator: ",").compactMap { Double($0) })
    let subjects = try left.sorted().prefix(families).compactMap { family in
      try networks.first { $0.family == family }.map {
        archivedExamples ? HeldOutSubject($0.learnable) : try $0.subject()
      }
    }
    var cells = try HeldOutLog(file: URL(fileURLWithPath: log))
    for draw in 0..<draws {
      for subject in subjects {
        try experiment.run(
          [.zeroShot(LogisticPredictor.prior, name: "0 runs")], on: subject, seed: UInt64(draw),
          log: &cells)
      }
    }
    let counts = runs.split(separator: ",").compactMap { Int($0) }.map { min($0, training.count) }
    for draw in 0..<draws {
      for count in counts {
        let name = "\(count) runs"
        let seed = UInt64(draw)
        let done = cells.cells.count { $0.method == name && $0.seed == seed }
        guard done < subjects.count * experiment.sparsities.count else { continue }
        var generator = SeededGenerator(seed: seed, stream: "learning curve")
        let chosen = training.shuffled(using: &generator).prefix(count)
        let fitting = try fit.fitting(seed: seed)
        let predictor = try fitting.fit(to: chosen.map(\.learnable), engine: engine)
        for subject in subjects {
          try experiment.run(
            [.unrivalled(predictor, name: name)], on: subject, seed: seed, log: &cells)
        }
        report("draw \(draw), \(name): done")
      }
    }
    let curve = LearningCurve(
      cells.cells, fitOptions: fit.text, usesArchivedExamples: archivedExamples)
    print(curve.text)
    if let json { try curve.write(to: URL(fileURLWithPath: json)) }
  }
}
