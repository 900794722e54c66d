import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a model on the test part of some data.",
    discussion: "autoprune evaluate model.onnx --data mnist/ --mean 0.1307 --std 0.3081")

  @Argument(help: "An ONNX model.")
  var model: String

  @Option(help: "accuracy, top5, mse, mae or perplexity.")
  var metric: Metric = .accuracy

  @OptionGroup var data: DataArguments
  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  struct Result: Encodable {
    let metric: Double
    let metricName: Metric
    let examples: Int
    let seconds: Double
  }

  func validate() throws {
    if metric == .fidelity {
      throw ValidationError("fidelity compares two networks; use `prune` or `sweep` with it")
    }
  }

  func run() async throws {
    try await Failure.reported {
      let graph = try ONNXReader().read(URL(fileURLWithPath: model))
      let test = try data.load(for: graph).test.fitted(to: graph)
      let engine = try engine.makeEngine()
      let evaluation = try Evaluator<TorchEngine>(metric: metric).evaluate(
        try engine.prepare(graph), of: graph, with: engine, on: test)
      output.console.result(
        "\(metric.rawValue) \(Format.metric(evaluation.value, metric)) on \(Format.count(evaluation.examples)) "
          + "test examples (\(Format.seconds(evaluation.wallSeconds)))")
      try output.write(
        Result(
          metric: evaluation.value, metricName: metric, examples: evaluation.examples,
          seconds: evaluation.wallSeconds))
    }
  }
}
