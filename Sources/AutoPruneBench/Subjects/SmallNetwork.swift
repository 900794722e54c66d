import AutoPrune
import TorchBackend

/// A small network of one kind with a data set of its own.
struct SmallNetwork {
  let name: String
  let architecture: String
  var shape: ArchitectureOptions = ArchitectureOptions()
  /// Epochs of training.
  let trainingEpochs: Double
  var learningRate: Float = 2e-3
  var batchSize = 128
  let data: (BenchSetting) throws -> DataSet

  /// The dense network, trained on the training part of `data`.
  func trained(on data: DataSet, seed: UInt64, _ setting: BenchSetting) async throws -> Graph {
    try await AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default")
    ).train(
      try Architecture(architecture).graph(options: shape, seed: seed), on: data,
      plan: TrainingPlan(
        optimizer: .standardAdam, peakLearningRate: learningRate, batchSize: batchSize,
        epochs: setting.isSmoke ? min(1, trainingEpochs / 10) : trainingEpochs, seed: seed)
    ).graph
  }

  /// One network of every kind: fully connected, convolutional, residual, recurrent, attention.
  static var ofEveryKind: [SmallNetwork] {
    [perceptron, convolutional, residual, recurrent, transformer]
  }

  private static var perceptron: SmallNetwork {
    SmallNetwork(
      name: "MLP, clusters", architecture: "mlp:12-64-32-4", trainingEpochs: 10, learningRate: 5e-3
    ) { _ in
      let clusters = GeneratedClusters(seed: 1)
      return try DataSet(
        name: "clusters", train: try clusters.examples(12_000, stream: "train"),
        test: try clusters.examples(20_000, stream: "held out"))
    }
  }

  private static var convolutional: SmallNetwork {
    SmallNetwork(
      name: "CNN, MNIST", architecture: "lenet5", shape: ArchitectureOptions(widthMultiplier: 0.25),
      trainingEpochs: 6
    ) { setting in
      let all = try MNIST.load(setting)
      return try DataSet(
        name: "mnist", train: all.train.subset(Array(0..<9_000)), test: all.test)
    }
  }

  private static var residual: SmallNetwork {
    SmallNetwork(
      name: "residual, digits", architecture: "resnet8",
      shape: ArchitectureOptions(inputShape: [1, 8, 8], classes: 10, widthMultiplier: 0.5),
      trainingEpochs: 12
    ) { try OpticalDigits.load($0) }
  }

  static var recurrent: SmallNetwork {
    SmallNetwork(
      name: "LSTM, spoken digits", architecture: "lstm",
      shape: ArchitectureOptions(
        inputShape: SpokenDigits.shape, classes: 10, hidden: [64], pooling: .mean),
      trainingEpochs: 30, learningRate: 3e-3, batchSize: 32
    ) { try SpokenDigits.load($0) }
  }

  private static var transformer: SmallNetwork {
    let steps = 16
    return SmallNetwork(
      name: "transformer, characters of names", architecture: "transformer-small",
      shape: ArchitectureOptions(
        inputShape: [steps], hidden: [32], depth: 1, heads: 4, vocabulary: NamesText.vocabulary),
      trainingEpochs: 6, learningRate: 3e-3
    ) { try NamesText.load($0, context: steps) }
  }
}
