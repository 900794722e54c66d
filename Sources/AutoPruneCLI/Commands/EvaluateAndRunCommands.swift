import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model's accuracy or other metric on the test part of the data.",
    discussion: "autoprune evaluate model.onnx --data mnist/ --mean 0.1307 --std 0.3081")

  @Argument(help: "An ONNX model.")
  var model: String

  @Option(
    help: """
      Score to measure: accuracy, top5 (the right class among the five likeliest), mse, mae or perplexity.
      """)
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

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on arrays from an .npz file and write its outputs.",
    discussion: "autoprune run model.onnx --input in.npz -o out.npz")

  @Argument(help: "An ONNX model.")
  var model: String

  @Option(help: "The .npz file to read: one array per input of the model, under the input's name.")
  var input: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help:
      "Where to write the .npz file: one array per output of the model, under the output's name.")
  var destination: String

  @OptionGroup var engine: EngineArguments

  func run() async throws {
    try await Failure.reported {
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      let graph = try ONNXReader().read(URL(fileURLWithPath: model))
      let inputs = try NPZFile(contentsOf: URL(fileURLWithPath: input)).inputs(for: graph)
      let engine = try engine.makeEngine()
      let outputs = try engine.run(try engine.prepare(graph), on: inputs)
      var arrays = NPZFile()
      for (info, tensor) in zip(graph.outputs, outputs) { arrays[info.name] = tensor }
      try arrays.write(to: file)
      let summary = zip(graph.outputs, outputs).map { info, tensor in
        "\(info.name) \(tensor.elementType) [\(tensor.shape.map(String.init).joined(separator: ", "))]"
      }
      print(summary.joined(separator: "\n"))
    }
  }
}
