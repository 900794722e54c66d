import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct PruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Find the smallest network within a budget, and write it.",
    discussion: """
      The training data is split into a training, a validation and a certification part; a predictor or a hand-made \
      criterion selects the weights to prune, and the kept ones are fine-tuned or, without training, compensated. The \
      sparsest network that stays within the budget on the validation part is certified on the certification part.

      Lose at most half a point of accuracy, with 5 epochs of fine-tuning:
        autoprune prune model.onnx --data mnist/ --max-drop 0.5 --fine-tune 5 -o small.onnx

      Prune 90 % of the weights, selected by the LAMP criterion:
        autoprune prune model.onnx --data mnist/ --sparsity 0.9 --criterion lamp -o small.onnx

      Cut out whole channels until half of the MACs are left:
        autoprune prune model.onnx --data mnist/ --max-macs 0.5x --granularity channel -o small.onnx
      """)

  @Argument(help: "The trained ONNX model to prune; it is not changed.")
  var model: String

  @OptionGroup var data: DataArguments
  @OptionGroup var budget: BudgetArguments
  @OptionGroup var ranking: RankingArguments
  @OptionGroup var compensation: CompensationArguments
  @OptionGroup var structure: StructureArguments
  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var archive: ArchiveArguments
  @OptionGroup var reports: ReportArguments
  @OptionGroup var checkpoint: CheckpointArguments

  @Option(help: "Epochs of fine-tuning in all, over all rounds; 0 changes no weight by training.")
  var fineTune = 0.0

  @Option(help: "Examples per optimizer step of the fine-tuning, at most.")
  var batchSize = 128

  @Option(help: "Seconds after which to stop and write the best network so far. Default: no limit.")
  var timeLimit: Double?

  @Option(help: "Seed of all random choices but the split.")
  var seed: UInt64 = 0

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where to write the pruned ONNX model.")
  var destination: String

  func validate() throws {
    if !(fineTune >= 0 && fineTune.isFinite) {
      throw ValidationError("--fine-tune is \(fineTune), expected a number of epochs >= 0")
    }
    if batchSize < 1 { throw ValidationError("--batch-size is \(batchSize), expected 1 or more") }
  }

  func run() async throws {
    try await Failure.reported {
      let console = output.console
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      try reports.check()
      let graph = try ONNXReader().read(URL(fileURLWithPath: model))
      let examples = try data.load(for: graph)
      let target = try archive.open().map {
        ArchiveTarget($0, commandLine: CommandLine.arguments)
      }
      let pruner = AutoPruner(engine: try engine.makeEngine(), predictor: try ranking.makeRanking())
      let view = PruningView(
        console: console, metric: budget.metric, budget: try budget.budget, epochs: fineTune)
      let log = try reports.log(for: graph, metric: budget.metric)
      var wanted = try options
      wanted.reportsWeights = log != nil
      let (options, splitSeed, state) = (wanted, data.splitSeed, checkpoint.target)
      let (pruned, isInterrupted) = try await Interruption.cancelling {
        console.warning("interrupted: ending with the best network accepted so far")
      } _: {
        try await pruner.prune(
          graph, on: examples, options: options, splitSeed: splitSeed, archive: target,
          checkpoint: state
        ) {
          view.show($0)
          log?.note($0)
        }
      }
      if isInterrupted, !pruned.isBudgetMet { throw CancellationError() }
      try ONNXWriter().write(pruned.graph, to: file)
      if let failure = log?.failure { console.warning("TensorBoard: \(failure)") }
      let report = try await reports.write(
        pruned, of: graph, named: URL(fileURLWithPath: model).lastPathComponent, data: examples,
        options: options, splitSeed: data.splitSeed, by: pruner)
      console.result(PruneTable(pruned.report, file: destination).text)
      try output.write(report)
      if !pruned.isBudgetMet { throw Failure.budgetCannotBeMet }
    }
  }

  private var options: PruningOptions {
    get throws {
      var options = PruningOptions(
        budget: try budget.budget, metric: budget.metric, confidence: budget.confidence,
        fineTuneEpochs: fineTune, timeLimitSeconds: timeLimit, seed: seed, batchSize: batchSize,
        calibrationExamples: ranking.calibrationExamples,
        compensation: compensation.compensation(default: true),
        adaptation: ranking.adaptation(default: true), granularity: try structure.unit,
        unitAlignment: structure.align)
      options.objectives = structure.objective.objectives
      return options
    }
  }
}
