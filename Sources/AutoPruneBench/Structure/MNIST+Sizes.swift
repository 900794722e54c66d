import AutoPrune

extension MNIST {
  /// With two pixels of background on every side, as the networks for 32×32 images take it.
  ///
  /// - Parameter examples: of the training part.
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

  /// Means of two by two pixels.
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
