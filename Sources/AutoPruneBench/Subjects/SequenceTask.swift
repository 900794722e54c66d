import AutoPrune

/// A sequence model to be trained and pruned to half of its units, with the metric aimed at.
struct SequenceTask: Sendable {
  let name: String
  let data: DataSet
  let metric: Metric
  let architecture: Architecture
  let options: ArchitectureOptions
  let learningRate: Float
  let batchSize: Int
  let epochs: Double
  /// Epochs of fine-tuning after pruning.
  let tuningEpochs: Double
  let seeds: [UInt64]
  /// Metric aimed at for the pruned network, from that of the dense one.
  let target: @Sendable (Double) -> Double

  func plan(seed: UInt64) -> TrainingPlan {
    TrainingPlan(
      optimizer: .standardAdam, peakLearningRate: learningRate,
      schedule: LearningRateSchedule(.cosine, warmupFraction: 0.05), gradientNormLimit: 5,
      batchSize: batchSize, epochs: epochs, seed: seed)
  }

  /// An LSTM layer of 64 hidden units that classifies spoken digits by 64 frames of 20 bands.
  static func spokenDigits(_ setting: BenchSetting) throws -> SequenceTask {
    let data = setting.shortened(try SpokenDigits.load(setting))
    return SequenceTask(
      name: "LSTM, spoken digits", data: data, metric: .accuracy, architecture: .lstm,
      options: ArchitectureOptions(inputShape: SpokenDigits.shape, pooling: .mean),
      learningRate: 0.005,
      batchSize: 32,
      epochs: setting.isSmoke ? 0.05 : 20, tuningEpochs: setting.isSmoke ? 0.05 : 5,
      seeds: setting.isSmoke ? [1] : [1, 2, 3]
    ) { $0 - 0.01 }
  }

  /// A transformer of two blocks of width 64 with four heads each that predicts the next character of first names.
  static func characters(_ setting: BenchSetting) throws -> SequenceTask {
    let context = 64
    let data = setting.shortened(try NamesText.load(setting, context: context))
    return SequenceTask(
      name: "transformer, names", data: data, metric: .perplexity,
      architecture: .transformerSmall,
      options: ArchitectureOptions(
        inputShape: [context], hidden: [64], depth: 2, heads: 4,
        vocabulary: NamesText.vocabulary),
      learningRate: 0.002, batchSize: 32, epochs: setting.isSmoke ? 0.1 : 12,
      tuningEpochs: setting.isSmoke ? 0.1 : 6,
      seeds: setting.isSmoke ? [1] : [1, 2, 3]
    ) { $0 * 1.03 }
  }
}

extension BenchSetting {
  /// The data cut to a few examples of each part where the smallest size is asked for.
  fileprivate func shortened(_ data: DataSet) -> DataSet {
    guard isSmoke else { return data }
    var result = data
    result.train = data.train.subset(Array(0..<min(120, data.train.count)))
    result.test = data.test.subset(Array(0..<min(20, data.test.count)))
    return result
  }
}
