import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Train, prune and certify a digit classifier on data that comes with the program.",
    discussion: """
      autoprune demo -o digits.onnx --report digits.html

      The data is the UCI optical digits: 1,797 images of 8×8 by Alpaydin & Kaynak (1998), CC BY 4.0.
      """)

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where to write the pruned ONNX model.")
  var destination = "digits-pruned.onnx"

  @Option(help: "Budget: largest drop of the accuracy on unseen data, in points.")
  var maxDrop = 3.0

  @Option(help: "Seed of all random choices: training, pruning and fine-tuning.")
  var seed: UInt64 = 1

  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments
  @OptionGroup var reports: ReportArguments

  func run() async throws {
    try await Failure.reported {
      let console = output.console
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      try reports.check()
      let data = try DataSet.digits()
      console.progress(
        "data: \(data.train.count) training and \(data.test.count) test images of 8×8")
      let pruner = AutoPruner(engine: try engine.makeEngine(), predictor: try .preset("default"))
      let trained = try await pruner.train(
        try Architecture.digitsCNN.graph(seed: seed), on: data,
        plan: TrainingPlan(
          optimizer: .standardAdam, peakLearningRate: 3e-3, batchSize: 32, epochs: 25, seed: seed)
      ) { progress in
        if progress.step.isMultiple(of: 20) { TrainingView(console: console).show(progress) }
      }
      console.progress(
        "trained: test accuracy \(Format.percent(trained.evaluation.value)) in \(Format.seconds(trained.wallSeconds))"
      )
      let view = PruningView(console: console, metric: .accuracy)
      let log = try reports.log(for: trained.graph, metric: .accuracy)
      var options = PruningOptions(
        budget: .maximumDrop(points: maxDrop), fineTuneEpochs: 40, seed: seed, batchSize: 32)
      options.reportsWeights = log != nil
      let pruned = try await pruner.prune(trained.graph, on: data, options: options) {
        view.show($0)
        log?.note($0)
      }
      try ONNXWriter().write(pruned.graph, to: file)
      if let failure = log?.failure { console.warning("TensorBoard: \(failure)") }
      let report = try await reports.write(
        pruned, of: trained.graph, named: "digits-cnn", data: data, options: options, splitSeed: 0,
        by: pruner)
      console.result(PruneTable(report, file: file.path).text)
      try output.write(report)
      if !pruned.isBudgetMet { throw Failure.budgetCannotBeMet }
    }
  }
}
