import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

extension PredictorCommand {
  struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare presets with hand-made criteria on networks that no preset was fitted to.",
      discussion: """
        autoprune predictor compare default ours.json --archive runs.sqlite
        autoprune predictor compare default --model model.onnx --data mnist/ --adapt

        Networks are pruned without changing the kept weights and scored on examples that nothing else saw. Groups of \
        archived networks (architecture and data set) that a preset was fitted to are left out.
        """)

    @Argument(help: "Shipped presets by name, or preset files.")
    var presets: [String]

    @Option(parsing: .upToNextOption, help: "Archives whose networks to compare on.")
    var archive: [String] = []

    @Option(help: "An ONNX model to compare on, with --data, in place of archives.")
    var model: String?

    @Option(help: "Examples for the --model, as for prune.")
    var data: String?

    @OptionGroup var scaling: ScalingArguments

    @Option(help: "Sparsities to prune to, comma-separated, each 0 ..< 1.")
    var sparsity = NumberList(values: [0.8, 0.9, 0.95, 0.98])

    @Option(help: "Number of repetitions, each with other examples for statistics and gradients.")
    var seeds = 1

    @Flag(help: "Compare every preset also with its coefficients θ adapted to each network.")
    var adapt = false

    /// Earlier name of ``adapt``.
    @Flag(help: .hidden)
    var refine = false

    @Flag(help: "Compare also on groups of networks that a preset was fitted to.")
    var includeSeen = false

    @Option(
      help: """
        File that saves finished comparisons, a line of JSON each; a repeated command goes on from it.
        """)
    var log: String?

    @OptionGroup var engine: EngineArguments
    @OptionGroup var output: OutputArguments

    func validate() throws {
      if archive.isEmpty == (model == nil) {
        throw ValidationError("name either --archive FILE… or --model FILE with --data")
      }
      if model != nil, data == nil { throw ValidationError("--model needs --data") }
      if adapt, refine {
        throw ValidationError("--refine is the earlier name of --adapt; give --adapt alone")
      }
      if seeds < 1 { throw ValidationError("--seeds is \(seeds), expected 1 or more") }
      do { _ = try sparsity.values.map { try Sparsity($0) } } catch {
        throw ValidationError("\(error)")
      }
    }

    func run() async throws {
      try await Failure.reported {
        let loaded = try presets.map {
          (name: $0, preset: try ShippedPresets.preset(namedOrAt: $0))
        }
        let subjects = try self.subjects(unseenBy: loaded.map(\.preset))
        let criteria = SaliencyCriteria.ofTrainedNetworks.map(\.name)
        let learned = loaded.flatMap { name, preset -> [HeldOutMethod] in
          [.withoutAlternative(preset.predictor, name: name)]
            + (adapt || refine ? [.adapted(preset.predictor, name: "\(name), adapted")] : [])
        }
        let experiment = HeldOutExperiment(
          engine: try engine.makeEngine(), sparsities: sparsity.values)
        var cells = try HeldOutLog(file: log.map { URL(fileURLWithPath: $0) })
        for seed in 0..<seeds {
          for (index, subject) in subjects.enumerated() {
            output.console.progress(
              "seed \(seed): \(index + 1) of \(subjects.count), \(subject.group)")
            try experiment.run(
              learned + (try criteria.map { try .criterion($0) }), on: subject,
              seed: UInt64(seed), log: &cells)
          }
        }
        let summary = HeldOutSummary(cells.cells, criteria: criteria)
        output.console.result(ComparisonText(summary).text)
        try output.write(
          Result(
            rows: summary.rows,
            comparisons: summary.methods.compactMap { summary.comparison(of: $0) }))
      }
    }

    /// Result that `--json` writes.
    private struct Result: Encodable {
      let rows: [HeldOutSummary.Row]
      let comparisons: [HeldOutSummary.Comparison]
    }

    private func subjects(unseenBy presets: [Preset]) throws -> [HeldOutSubject] {
      if let model {
        let graph = try ONNXReader().read(URL(fileURLWithPath: model))
        let set = try scaling.load(data ?? "")
        let name = URL(fileURLWithPath: model).deletingPathExtension().lastPathComponent
        return [
          HeldOutSubject(
            name: name, group: name, graph: graph,
            fit: DataSplit(try set.train.fitted(to: graph), seed: scaling.splitSeed).training,
            test: try set.test.fitted(to: graph))
        ]
      }
      let seen = Set(presets.flatMap(\.card.groups))
      let networks = try LearnableNetwork.all(
        in: try archive.map { try RunArchive(path: $0, access: .readOnly) })
      let unseen = networks.filter { includeSeen || !seen.contains($0.group) }
      if unseen.count < networks.count {
        output.console.progress(
          "\(networks.count - unseen.count) of \(networks.count) networks left out: a preset was fitted to their groups"
        )
      }
      guard !unseen.isEmpty else {
        throw ComparisonError.nothingUnseen(networks: networks.count)
      }
      return unseen.map { HeldOutSubject($0) }
    }
  }
}

/// Reasons why presets cannot be compared.
enum ComparisonError: Error, Hashable, CustomStringConvertible {
  case nothingUnseen(networks: Int)

  var description: String {
    switch self {
    case .nothingUnseen(let networks):
      networks == 0
        ? "the archives hold no labelled small network to compare on; archive some runs first"
        : "the presets were fitted to the groups of all \(networks) archived networks, which says nothing about others; archive runs of other networks, name a --model, or ask for --include-seen"
    }
  }
}
