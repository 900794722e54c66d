public import PruneCore

/// How a network is trained.
public struct TrainingPlan: Hashable, Sendable {
  public var objective: Objective
  public var optimizer: TrainingStep.Optimizer
  public var peakLearningRate: Float
  public var schedule: LearningRateSchedule
  public var weightDecay: Float
  public var gradientNormLimit: Float?
  public var batchSize: Int
  public var epochs: Double
  public var seed: UInt64

  public init(
    objective: Objective = .crossEntropy(labelSmoothing: 0),
    optimizer: TrainingStep.Optimizer = .momentum, peakLearningRate: Float = 0.05,
    schedule: LearningRateSchedule = LearningRateSchedule(.cosine), weightDecay: Float = 0,
    gradientNormLimit: Float? = nil, batchSize: Int = 128, epochs: Double, seed: UInt64
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.peakLearningRate = peakLearningRate
    self.schedule = schedule
    self.weightDecay = weightDecay
    self.gradientNormLimit = gradientNormLimit
    self.batchSize = batchSize
    self.epochs = epochs
    self.seed = seed
  }

  /// Optimizer steps for `examples` examples; the last, smaller batch of an epoch counts as a step.
  public func stepCount(examples: Int) -> Int {
    let perEpoch = stepsPerEpoch(examples: examples)
    return max(epochs > 0 ? 1 : 0, Int((Double(perEpoch) * epochs).rounded()))
  }

  func stepsPerEpoch(examples: Int) -> Int { max(1, (examples + batchSize - 1) / batchSize) }
}

/// How far a training has come.
public struct TrainingProgress: Sendable {
  public let step: Int
  public let steps: Int
  public let epoch: Double
  /// Running mean of the loss.
  public let loss: Double
  public let examplesPerSecond: Double
  public let learningRate: Float
  /// Whether this step is the last of an epoch or of all.
  public let isEpochEnd: Bool
  /// Estimated from the rate so far.
  public let secondsLeft: Double
}
