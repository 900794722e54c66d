public import PruneCore

/// Settings of a training.
public struct TrainingPlan: Hashable, Sendable {
  /// Loss to minimise.
  public var objective: Objective
  /// Optimizer.
  public var optimizer: TrainingStep.Optimizer
  /// Highest learning rate, above 0; the schedule's factor multiplies it.
  public var peakLearningRate: Float
  /// Schedule of the learning rate.
  public var schedule: LearningRateSchedule
  /// Weight decay as ``TrainingStep/weightDecay``; 0 for none.
  public var weightDecay: Float
  /// Largest global L2 norm of a step's gradient; `nil` does not clip it.
  public var gradientNormLimit: Float?
  /// Examples per step; the last batch of an epoch may be smaller.
  public var batchSize: Int
  /// Passes over the examples; may be a fraction.
  public var epochs: Double
  /// Seed of the order of the examples and of dropout.
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

  /// Number of optimizer steps for `examples` examples; the last, smaller batch of an epoch counts as a step.
  public func stepCount(examples: Int) -> Int {
    let perEpoch = stepsPerEpoch(examples: examples)
    return max(epochs > 0 ? 1 : 0, Int((Double(perEpoch) * epochs).rounded()))
  }

  func stepsPerEpoch(examples: Int) -> Int { max(1, (examples + batchSize - 1) / batchSize) }
}

/// Progress of a training after one step.
public struct TrainingProgress: Sendable {
  /// Number of the step just done, from 1.
  public let step: Int
  /// Number of steps of the whole training.
  public let steps: Int
  /// Epochs done, a fraction within one.
  public let epoch: Double
  /// Running mean of the loss.
  public let loss: Double
  /// Examples per second since this call began.
  public let examplesPerSecond: Double
  /// Learning rate of the step just done.
  public let learningRate: Float
  /// `true` for the last step of an epoch or of the training.
  public let isEpochEnd: Bool
  /// Estimated remaining time in seconds, from the rate so far.
  public let secondsLeft: Double
}

/// Settings of fine-tuning that the controller chose.
public struct TuningChoice: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Training target of the outputs.
  public enum Target: String, Hashable, Sendable, Codable {
    /// Classes or values of the data.
    case labels
    /// Outputs of the dense network (distillation).
    case denseNetwork
  }

  /// Training target; the better one in a short trial where both were possible.
  public var target: Target
  /// Highest learning rate.
  public var peakLearningRate: Float
  /// Examples per optimizer step.
  public var batchSize: Int
  /// Number of examples of the training part that are trained on.
  public var examples: Int

  public var description: String {
    let words =
      switch self.target {
      case .labels: "the labels as training target"
      case .denseNetwork: "the dense network's outputs as training target"
      }
    return
      "\(words), peak learning rate \(peakLearningRate), batches of \(batchSize) of \(examples) examples"
  }
}
