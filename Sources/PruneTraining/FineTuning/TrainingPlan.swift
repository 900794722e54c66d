public import PruneCore

/// How a network is trained.
public struct TrainingPlan: Hashable, Sendable {
  /// The loss that is minimised.
  public var objective: Objective
  /// How a gradient becomes a step.
  public var optimizer: TrainingStep.Optimizer
  /// What the schedule's factor multiplies; above 0.
  public var peakLearningRate: Float
  /// The rate over the course of the training.
  public var schedule: LearningRateSchedule
  /// As ``TrainingStep/weightDecay``; 0 for none.
  public var weightDecay: Float
  /// Largest global L2 norm of a step's gradient; `nil` leaves it.
  public var gradientNormLimit: Float?
  /// Examples per step; the last batch of an epoch may be smaller.
  public var batchSize: Int
  /// Passes over the examples; may be a fraction.
  public var epochs: Double
  /// Of the order of the examples and of dropout.
  public var seed: UInt64

  /// Cross-entropy, momentum and half a cosine unless stated; only `epochs` and `seed` have no default.
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
  /// Steps done, from 1.
  public let step: Int
  /// Steps of the whole training.
  public let steps: Int
  /// Epochs done, a fraction within one.
  public let epoch: Double
  /// Running mean of the loss.
  public let loss: Double
  /// Since this call of the training began.
  public let examplesPerSecond: Double
  /// Of the step just done.
  public let learningRate: Float
  /// Whether this step is the last of an epoch or of all.
  public let isEpochEnd: Bool
  /// Estimated from the rate so far.
  public let secondsLeft: Double
}
