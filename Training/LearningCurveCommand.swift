import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

struct LearningCurveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-curve",
    abstract:
      "Score on groups left out against the number of archived runs that θ was fitted to.",
    discussion: """
      In every draw the networks of the groups that are not left out are put into an order in which groups take turns; \
      θ is fitted to the first 1, 3, 10 … of them and prunes the networks left out, without the prior as the alternative. Draws \
      take other networks of the groups left out and other samples. Cells that the log holds are not made again.
      """)

  @OptionGroup var campaign: CampaignArchive

  @Option(help: "Leave out every how-manieth group.")
  var stride = 3

  @Option(
    name: .customLong("families"),
    help: "At most this many of the groups left out are tried.")
  var groups = 1_000

  @Flag(
    help:
      "Score on the group after every one left out, fitting to neither: for a choice of settings that the groups left out play no part in."
  )
  var choosing = false

  @Option(help: "Numbers of runs, comma-separated; more than there are means all.")
  var runs = "1,3,10,30,1000"

  @Option(help: "Draws per number of runs: one number, or one for each.")
  var draws = "3"

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
    let scored = choosing ? networks.leftOut(stride: stride, from: 1) : left
    let training = networks.filter { !left.union(scored).contains($0.group) }.map(\.learnable)
    let tried = scored.sorted().prefix(groups).map { group in
      networks.filter { $0.group == group }
    }
    let engine = try TorchEngine(threads: campaign.threads)
    let experiment = HeldOutExperiment(
      engine: engine, sparsities: sparsities.split(separator: ",").compactMap { Double($0) })
    let sizes = try sizes(all: training.count)
    var cells = try HeldOutLog(file: URL(fileURLWithPath: log))
    for draw in 0..<(sizes.map(\.draws).max() ?? 0) {
      let subjects = try subjects(of: tried, draw: draw)
      let order = training.drawn(seed: UInt64(draw))
      for size in sizes where draw < size.draws {
        let name = LearningCurve.method(runs: size.runs)
        let done = cells.cells.count { $0.method == name && $0.seed == draw }
        guard done < subjects.count * experiment.sparsities.count else { continue }
        let predictor =
          size.runs == 0
          ? LogisticPredictor.prior
          : try fit.fitting(seed: UInt64(draw)).fit(
            to: Array(order.prefix(size.runs)), engine: engine)
        for subject in subjects {
          try experiment.run(
            [.withoutAlternative(predictor, name: name)], on: subject, seed: UInt64(draw),
            log: &cells)
        }
        report("draw \(draw), \(name): done")
      }
      report(curve(cells).text)
    }
    print(curve(cells).text)
    if let json { try curve(cells).write(to: URL(fileURLWithPath: json)) }
  }

  /// Networks of a draw, one per group; every second draw takes the other half of the archived examples for the scores.
  private func subjects(
    of groups: [[ArchivedNetwork]], draw: Int
  ) throws -> [HeldOutSubject] {
    try groups.map { members in
      let member = members[draw / 2 % members.count]
      return archivedExamples
        ? HeldOutSubject(member.learnable, scoringOtherHalf: draw % 2 == 1) : try member.subject()
    }
  }

  private func sizes(all: Int) throws -> [(runs: Int, draws: Int)] {
    let counts = [0] + runs.split(separator: ",").compactMap { Int($0) }.map { min($0, all) }
    let numbers = draws.split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 1 || numbers.count == counts.count - 1, let most = numbers.max() else {
      throw ValidationError(
        "--draws has \(numbers.count) numbers, expected 1, or \(counts.count - 1) as --runs has")
    }
    return counts.enumerated().map { index, count in
      (count, index == 0 ? most : numbers[numbers.count == 1 ? 0 : index - 1])
    }
  }

  private func curve(_ cells: HeldOutLog) -> LearningCurve {
    let options = [
      "swift run -c release Training learning-curve", "--runs \(runs)", "--draws \(draws)",
      archivedExamples ? "--archived-examples" : "", choosing ? "--choosing" : "", fit.text,
    ]
    return LearningCurve(
      cells.cells, command: options.filter { !$0.isEmpty }.joined(separator: " "))
  }
}
