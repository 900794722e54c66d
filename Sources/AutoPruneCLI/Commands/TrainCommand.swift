public import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on the training part of the data.",
    discussion: """
      autoprune new lenet-300-100 -o lenet.onnx
      autoprune train lenet.onnx --data mnist/ --epochs 20 -o trained.onnx
      """)

  enum OptimizerName: String, ExpressibleByArgument, CaseIterable {
    case sgd, adam, adamw
  }

  @Argument(help: "An ONNX model, such as `autoprune new` writes.")
  var model: String

  @Option(help: "Passes over the training examples; may be a fraction.")
  var epochs: Double

  @Option(help: "Optimizer: sgd (momentum 0.9), adam or adamw.")
  var optimizer: OptimizerName = .adam

  @Option(help: "Peak learning rate. Default: 0.05 for sgd, 0.001 for adam and adamw.")
  var learningRate: Float?

  @Option(help: "Schedule of the learning rate after the warm-up: constant, cosine or step.")
  var schedule: LearningRateSchedule.Shape = .cosine

  @Option(help: "Share of the steps over which the learning rate rises to its peak, 0 ..< 1.")
  var warmup = 0.0

  @Option(help: "Weight decay: an L2 penalty for sgd and adam, decoupled for adamw.")
  var weightDecay: Float = 0

  @Option(help: "Share of the target probability that is spread over the other classes, 0 ..< 1.")
  var labelSmoothing: Float = 0

  @Option(help: "Examples per optimizer step.")
  var batchSize = 128

  @Option(
    help: """
      Score to report on the test part: accuracy, top5, mse, mae or perplexity; with mse and mae the training \
      minimizes the squared error.
      """)
  var metric: Metric = .accuracy

  @Flag(
    help: """
      Train on all training data. A later `prune` then judges and certifies on examples that the network was trained \
      on, so that its certificate no longer holds.
      """)
  var allTrainData = false

  @Option(help: "Seed of the order of the examples and of dropout.")
  var seed: UInt64 = 0

  @Option(
    help: "File that saves the state of the training, so that it can be resumed. Default: none.")
  var checkpoint: String?

  @Option(help: "Optimizer steps between two checkpoints.")
  var checkpointInterval = 500

  @Flag(help: "Resume from the --checkpoint file; where there is none, start anew.")
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
