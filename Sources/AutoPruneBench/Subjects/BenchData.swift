import AutoPrune
import PruneSupport

/// MNIST with the mean and standard deviation that papers scale it by, also padded and halved.
enum MNIST {
  static func load(_ setting: BenchSetting) throws -> DataSet {
    try DataSet(
      contentsOf: try setting.require("mnist"),
      options: DataOptions(mean: [0.1307], standardDeviation: [0.3081]))
  }
}

/// The UCI optical digits with all their examples: rows of 8×8 numbers of 0 … 16, scaled to 0 … 1.
enum OpticalDigits {
  static func load(_ setting: BenchSetting) throws -> DataSet {
    try DataSet(
      contentsOf: try setting.require("uci-digits"), options: DataOptions(standardDeviation: [16]))
  }
}

/// Spoken digits as log-mel spectrograms, padded with zeros at their end.
enum SpokenDigits {
  /// Shape `[frames, bands]` of an example.
  static let shape = [64, 20]

  static func load(_ setting: BenchSetting) throws -> DataSet {
    try DataSet(contentsOf: try setting.require("timeseries/fsdd-logmel"))
  }
}

/// First names, one a line, for models that predict the next character.
enum NamesText {
  /// Number of characters: letters and the line feed.
  static let vocabulary = 27

  static func load(_ setting: BenchSetting, context: Int) throws -> DataSet {
    try DataSet(
      contentsOf: try setting.require("text/names.txt"), options: DataOptions(context: context))
  }
}

extension MNIST {
  /// MNIST with two pixels of background on every side, for networks that take 32×32 images.
  ///
  /// - Parameters:
  ///   - setting: settings of the benchmark.
  ///   - examples: largest number of training examples.
  static func loadPadded(_ setting: BenchSetting, examples: Int) throws -> DataSet {
    let data = try load(setting)
    let chosen = Array(0..<min(examples, data.train.count))
    let test = setting.isSmoke ? data.test.subset(Array(0..<200)) : data.test
    return try DataSet(
      name: "MNIST padded", train: try padded(data.train.subset(chosen)), test: try padded(test))
  }

  private static func padded(_ examples: ExampleSet) throws -> ExampleSet {
    let batch = examples.batch(0..<examples.count)
    let values = batch.inputs[0].floats ?? []
    let (side, wide) = (28, 32)
    let background = values.min() ?? 0
    var padded = [Float](repeating: background, count: examples.count * wide * wide)
    for row in 0..<examples.count * side {
      let (example, line) = row.quotientAndRemainder(dividingBy: side)
      let start = (example * wide + line + 2) * wide + 2
      for column in 0..<side { padded[start + column] = values[row * side + column] }
    }
    return try ExampleSet(
      inputs: [HostTensor(padded, shape: [examples.count, 1, wide, wide])],
      targets: batch.targets, named: "MNIST padded")
  }

  /// MNIST at 14×14: means of two by two pixels.
  static func loadHalved(_ setting: BenchSetting) throws -> DataSet {
    let data = try load(setting)
    func part(_ examples: ExampleSet) throws -> ExampleSet {
      try halved(setting.isSmoke ? examples.subset(Array(0..<1_000)) : examples)
    }
    return try DataSet(
      name: "MNIST halved", train: try part(data.train), test: try part(data.test))
  }

  private static func halved(_ examples: ExampleSet) throws -> ExampleSet {
    let batch = examples.batch(0..<examples.count)
    let values = batch.inputs[0].floats ?? []
    let (side, half) = (28, 14)
    var means = [Float](repeating: 0, count: examples.count * half * half)
    for position in means.indices {
      let (row, column) = position.quotientAndRemainder(dividingBy: half)
      let corner = 2 * row * side + 2 * column
      means[position] =
        (values[corner] + values[corner + 1] + values[corner + side] + values[corner + side + 1])
        / 4
    }
    return try ExampleSet(
      inputs: [HostTensor(means, shape: [examples.count, 1, half, half])],
      targets: batch.targets, named: "MNIST halved")
  }
}

/// Generated data: four classes of three overlapping Gaussian clusters each, in twelve dimensions.
struct GeneratedClusters {
  private let seed: UInt64
  private let centres: [[Double]]

  init(seed: UInt64) {
    self.seed = seed
    var generator = SeededGenerator(seed: seed, stream: "centres")
    centres = (0..<12).map { _ in (0..<12).map { _ in 1.1 * generator.normal() } }
  }

  func examples(_ count: Int, stream: String) throws -> ExampleSet {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var values: [Float] = []
    var labels: [Int] = []
    values.reserveCapacity(12 * count)
    labels.reserveCapacity(count)
    for _ in 0..<count {
      let cluster = Int(generator.uniform() * 12)
      labels.append(cluster % 4)
      for centre in centres[cluster] { values.append(Float(centre + generator.normal())) }
    }
    return try ExampleSet(
      inputs: [HostTensor(values, shape: [count, 12])], targets: .labels(labels), named: stream)
  }
}
