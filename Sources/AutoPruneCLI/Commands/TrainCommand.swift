public import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on the fit part of the data.",
    discussion: """
      autoprune new lenet-300-100 -o lenet.onnx
      autoprune train lenet.onnx --data mnist/ --epochs 20 -o trained.onnx
      """)

  enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
    case sgd, adam, adamw
  }

  @Argument(help: "An ONNX model, such as `autoprune new` writes.")
  var model: String

  @Option(help: "Passes over the examples; fractions count.")
  var epochs: Double

  @Option(help: "sgd (momentum 0.9), adam or adamw.")
  var optimizer: OptimizerName = .adam

  @Option(help: "Peak learning rate; 0.05 for sgd and 0.001 for adam and adamw unless given.")
  var learningRate: Float?

  @Option(help: "constant, cosine or step.")
  var schedule: LearningRateSchedule.Shape = .cosine

  @Option(help: "Share of the steps over which the learning rate rises, 0 ..< 1.")
  var warmup = 0.0

  @Option(help: "L2 penalty for sgd and adam, decoupled decay for adamw.")
  var weightDecay: Float = 0

  @Option(help: "Share of the target spread over the other classes, 0 ..< 1.")
  var labelSmoothing: Float = 0

  @Option(help: "Examples per optimizer step.")
  var batchSize = 128

  @Option(help: "accuracy, top5, mse, mae or perplexity; mse and mae train on squared error.")
  var metric: Metric = .accuracy

  @Flag(
    help: "Train on the whole train part; search and certify examples are then no longer unseen.")
  var allTrainData = false

  @Option(help: "Seed of the order of examples and of dropout.")
  var seed: UInt64 = 0

  @Option(help: "File to keep the state of the training in.")
  var checkpoint: String?

  @Option(help: "Steps between two checkpoints.")
  var checkpointInterval = 500

  @Flag(help: "Go on from the checkpoint where it exists.")
  var resume = false

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where to write the trained ONNX model."
  )
  var destination: String

  @OptionGroup var data: DataArguments
  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  struct Result: Encodable {
    let metric: Double
    let metricName: Metric
    let examples: Int
    let loss: Double
    let seconds: Double
    let seed: UInt64
  }

  func validate() throws {
    guard epochs > 0, epochs.isFinite else {
      throw ValidationError("--epochs is \(epochs), expected a number > 0")
    }
    guard (0..<1).contains(warmup) else {
      throw ValidationError("--warmup is \(warmup), expected 0 ..< 1")
    }
    guard (0..<1).contains(labelSmoothing) else {
      throw ValidationError("--label-smoothing is \(labelSmoothing), expected 0 ..< 1")
    }
    guard batchSize > 0 else {
      throw ValidationError("--batch-size is \(batchSize), expected 1 or more")
    }
    guard checkpointInterval > 0 else {
      throw ValidationError("--checkpoint-interval is \(checkpointInterval), expected 1 or more")
    }
    if resume, checkpoint == nil {
      throw ValidationError("--resume needs --checkpoint FILE, the file to go on from")
    }
  }

  func run() async throws {
    try await Failure.reported {
      let console = output.console
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      let graph = try ONNXReader().read(URL(fileURLWithPath: model))
      let trainer = AutoPruner(
        engine: try engine.makeEngine(), predictor: try .criterion(named: "magnitude"))
      let trained = try await trainer.train(
        graph, on: try data.load(for: graph), plan: plan, metric: metric,
        usesAllTrainData: allTrainData,
        splitSeed: data.splitSeed,
        checkpoint: checkpoint.map {
          CheckpointPolicy(
            file: URL(fileURLWithPath: $0), stepInterval: checkpointInterval, resumes: resume)
        }
      ) { TrainingView(console: console).show($0) }
      try ONNXWriter().write(trained.graph, to: file)
      console.result(
        "test \(metric.rawValue) \(Format.metric(trained.evaluation.value, metric)) on "
          + "\(Format.count(trained.evaluation.examples)) examples after \(Format.seconds(trained.wallSeconds))\n"
          + "Written: \(destination)")
      try output.write(
        Result(
          metric: trained.evaluation.value, metricName: metric,
          examples: trained.evaluation.examples, loss: trained.loss, seconds: trained.wallSeconds,
          seed: seed))
    }
  }

  private var plan: TrainingPlan {
    TrainingPlan(
      objective: metric == .mse || metric == .mae
        ? .meanSquaredError : .crossEntropy(labelSmoothing: labelSmoothing),
      optimizer: optimizer == .sgd
        ? .momentum : optimizer == .adam ? .standardAdam : .standardAdamW,
      peakLearningRate: learningRate ?? (optimizer == .sgd ? 0.05 : 0.001),
      schedule: LearningRateSchedule(schedule, warmupFraction: warmup), weightDecay: weightDecay,
      batchSize: batchSize, epochs: epochs, seed: seed)
  }
}

extension LearningRateSchedule.Shape: ExpressibleByArgument {}
