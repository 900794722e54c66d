import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract:
      "Prune to several sparsities, in one step each, and measure the metric on the test part.",
    discussion:
      "autoprune sweep model.onnx --data mnist/ --criterion magnitude --sparsity .5,.9,.98")

  @Argument(help: "The trained ONNX model to prune; it is not changed.")
  var model: String

  @Option(help: "Sparsities to prune to, comma-separated, each 0 ..< 1.")
  var sparsity: NumberList

  @Option(
    help: """
      Score to measure: accuracy, top5 (the right class among the five likeliest), mse, mae, perplexity, or fidelity, the \
      agreement with the dense network's predictions, which needs no labels.
      """)
  var metric: Metric = .accuracy

  @Option(help: "Seed of all random choices but the split.")
  var seed: UInt64 = 0

  @OptionGroup var data: DataArguments
  @OptionGroup var ranking: RankingArguments
  @OptionGroup var compensation: CompensationArguments
  @OptionGroup var structure: StructureArguments
  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  func validate() throws {
    do { _ = try sparsity.values.map { try Sparsity($0) } } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() async throws {
    try await Failure.reported {
      let console = output.console
      let metric = metric
      let graph = try ONNXReader().read(URL(fileURLWithPath: model))
      let examples = try data.load(for: graph)
      let pruner = AutoPruner(engine: try engine.makeEngine(), predictor: try ranking.makeRanking())
      var options = PruningOptions(
        budget: .maximumDrop(points: 0), metric: metric, seed: seed,
        calibrationExamples: ranking.calibrationExamples,
        compensation: compensation.compensation(default: false),
        adaptation: ranking.adaptation(default: false), granularity: try structure.unit,
        unitAlignment: structure.align)
      options.objectives = structure.objective.objectives
      let result = try await pruner.sweep(
        graph, on: examples, sparsities: try sparsity.values.map { try Sparsity($0) },
        options: options, splitSeed: data.splitSeed
      ) { point in
        console.live(
          "sparsity \(Format.percent(point.sparsity))  \(Format.metric(point.metric, metric))")
        if point.isAdaptationCutShort {
          console.warning(
            "adapting θ at \(Format.percent(point.sparsity)) was ended by the clock; a repeated run may prune other weights"
          )
        }
      }
      var table = TextTable([
        "sparsity", metric.rawValue, "nonzero weights", "MACs with them", "time",
      ])
      table.append(["dense", Format.metric(result.dense, metric), "", "", ""])
      for point in result.points {
        table.append([
          Format.percent(point.sparsity), Format.metric(point.metric, metric),
          Format.count(point.nonzero), Format.count(point.sparseMACs),
          Format.seconds(point.seconds),
        ])
      }
      console.result("\(result.predictor), test part\n\(table.text)")
      try output.write(result)
    }
  }
}
