import AutoPrune
import Foundation

/// A small network of one kind with a data set of its own.
struct SmallNetwork {
  let name: String
  let architecture: String
  var shape: ArchitectureOptions = ArchitectureOptions()
  /// Epochs that it is trained for.
  let trainingEpochs: Double
  var learningRate: Float = 2e-3
  let data: (BenchSetting) throws -> DataSet

  /// One of every kind: fully connected, convolutional, residual, recurrent, attention.
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
    ) { setting in
      let folder = try setting.require("uci-digits")
      func rows(_ file: String) throws -> ExampleSet {
        try DigitRows.examples(of: folder.appendingPathComponent(file), named: file)
      }
      return try DataSet(
        name: "uci-digits", train: try rows("optdigits.tra"), test: try rows("optdigits.tes"))
    }
  }

  static var recurrent: SmallNetwork {
    SmallNetwork(
      name: "LSTM, spoken digits", architecture: "lstm",
      shape: ArchitectureOptions(inputShape: [64, 20], classes: 10, hidden: [32]),
      trainingEpochs: 15, learningRate: 5e-3
    ) { setting in
      try DataSet(contentsOf: try setting.require("timeseries/fsdd-logmel"))
    }
  }

  private static var transformer: SmallNetwork {
    let steps = 16
    return SmallNetwork(
      name: "transformer, characters of names", architecture: "transformer-small",
      shape: ArchitectureOptions(
        inputShape: [steps], hidden: [32], depth: 1, heads: 4, vocabulary: 27),
      trainingEpochs: 6, learningRate: 3e-3
    ) { setting in
      let all = try CharacterText.examples(
        of: try setting.require("text/names.txt"), steps: steps, count: 14_000, vocabulary: 27,
        named: "names")
      let order = Array(0..<all.count)
      let boundary = all.count * 6 / 7
      return try DataSet(
        name: "names", train: all.subset(Array(order[..<boundary])),
        test: all.subset(Array(order[boundary...])))
    }
  }
}

/// The UCI digits as their files hold them: 64 numbers of 0 … 16, then the class.
enum DigitRows {
  /// Inputs `[N, 1, 8, 8]` in 0 … 1.
  static func examples(of file: URL, named name: String) throws -> ExampleSet {
    var values: [Float] = []
    var labels: [Int] = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let numbers = line.split(separator: ",").compactMap { Int($0) }
      guard numbers.count == 65 else { throw DataAbsent(path: "\(file.path): 65 numbers a line") }
      values += numbers.dropLast().map { Float($0) / 16 }
      labels.append(numbers[64])
    }
    return try ExampleSet(
      inputs: [HostTensor(values, shape: [labels.count, 1, 8, 8])], targets: .labels(labels),
      named: name)
  }
}
