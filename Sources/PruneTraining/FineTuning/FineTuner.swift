package import PruneCore
package import PruneData
package import PruneSession

/// Recovery training of a masked network within a total of epochs, by distillation from the dense one or on labels.
///
/// - Source: distillation targets as in Hinton et al., 2015, [arXiv:1503.02531](https://arxiv.org/abs/1503.02531); decoupled
///   weight decay as in Loshchilov & Hutter, 2019, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
package final class FineTuner<E: Engine> {
  /// The plain loss of the data, for gradients and for criteria.
  package let labelObjective: Objective
  package let fit: ExampleSet
  package private(set) var epochsSpent = 0.0
  /// Labels instead of the dense network's outputs, where there is a choice.
  package var target = TuningChoice.Target.denseNetwork
  /// Of ``ruledLearningRate``, in `0 ... 1`.
  package var rateFactor: Float = 1

  private let session: PruningSession<E>
  private let options: PruningOptions
  /// Halved where so few epochs over so few examples would be too few steps.
  private let batchSize: Int
  private var teacher: TeacherOutputs?
  private var temperature: Float = 1

  /// - Parameter longestTuning: share of the epochs that the longest single tuning gets, in `0 ... 1`.
  package init(
    session: PruningSession<E>, fit: ExampleSet, options: PruningOptions, longestTuning: Double = 1
  ) throws {
    self.session = session
    self.fit = fit
    self.options = options
    labelObjective = try Self.objective(for: fit, metric: options.metric)
    batchSize = Self.batchSize(
      atMost: options.batchSize,
      seen: Double(fit.count) * options.fineTuneEpochs * longestTuning)
    if !canDistil, options.metric != .fidelity { target = .labels }
  }

  package var epochsLeft: Double { max(0, options.fineTuneEpochs - epochsSpent) }

  /// Whether the data could take the dense network's place as the teacher.
  package var hasChoice: Bool { canDistil && fit.labels != nil && options.metric != .fidelity }

  package var stepsPerEpoch: Int { max(1, (fit.count + batchSize - 1) / batchSize) }

  package var choice: TuningChoice {
    TuningChoice(
      target: target, peakLearningRate: peakLearningRate, batchSize: batchSize,
      examples: fit.count)
  }

  /// What one call trained.
  package struct Result: Codable {
    let epochs: Double
    /// Mean over the last tenth of the steps; `nil` where the tuning was ended early.
    package let loss: Double?
    /// The last step, from 0, that was about to be taken.
    package let lastStep: Int
  }

  /// Trains with the current masks held.
  ///
  /// A cancelled task and `isOutOfTime` end the tuning early without an error: what was reached is judged.
  /// - Parameters:
  ///   - name: tells, for the record of the run, what `beforeStep` and `afterwards` do.
  ///   - progress: called after every step.
  ///   - beforeStep: called with the number, from 0, of each step about to be taken.
  ///   - afterwards: called where the tuning was not ended early.
  @discardableResult
  package func tune(
    epochs: Double, round: Int, schedule: LearningRateSchedule = LearningRateSchedule(.cosine),
    recordedAs name: String = "", isOutOfTime: () -> Bool,
    progress: (TrainingProgress) -> Void = { _ in },
    beforeStep: (Int) throws -> Void = { _ in }, afterwards: () throws -> Void = {}
  ) throws -> Result {
    if usesTeacher { try prepareTeacher() }
    let granted = min(epochs, epochsLeft)
    let plan = plan(epochs: granted, round: round, schedule: schedule)
    let result = try session.change("tune", "\(plan) \(name)") {
      var trained = 0.0
      var lastStep = 0
      do {
        try beforeStep(0)
        let loss = try Trainer(session.engine, plan: plan).train(
          try session.program, on: fit, teacher: usesTeacher ? teacher : nil
        ) {
          progress($0)
          trained = min(granted, $0.epoch)
          if isOutOfTime() { throw CancellationError() }
          if $0.step < $0.steps {
            try beforeStep($0.step)
            lastStep = $0.step
          }
        }
        try afterwards()
        return Result(epochs: granted, loss: loss, lastStep: lastStep)
      } catch is CancellationError {
        // The rounds end with the network as far as it came.
        return Result(epochs: trained, loss: nil, lastStep: lastStep)
      }
    }
    epochsSpent += result.epochs
    return result
  }

  /// Optimizer steps that ``tune(epochs:round:schedule:recordedAs:isOutOfTime:progress:beforeStep:afterwards:)`` will take.
  package func stepCount(epochs: Double) -> Int {
    plan(epochs: min(epochs, epochsLeft), round: 0, schedule: LearningRateSchedule(.cosine))
      .stepCount(examples: fit.count)
  }

  /// A third of the rate after a divergence; `false` where it is too small already to be the cause.
  package func lowerLearningRate() -> Bool {
    rateFactor /= 3
    return peakLearningRate > 1e-6
  }

  private var peakLearningRate: Float { Self.ruledLearningRate(steps: totalSteps) * rateFactor }

  private var totalSteps: Double { Double(stepsPerEpoch) * options.fineTuneEpochs }

  /// The more steps, the smaller each may be: the best rate of Adam fell with about the root of their number, from one
  /// epoch on a small perceptron to sixty.
  private static func ruledLearningRate(steps: Double) -> Float {
    Float(1e-2 * min(1, (400 / max(1, steps)).squareRoot()))
  }

  /// A small convolutional network on 900 examples, 85 % pruned in 5 epochs, lost 3 points in 40 steps and none in 280.
  private static func batchSize(atMost largest: Int, seen examples: Double) -> Int {
    var size = largest
    while size / 2 >= smallestBatch, examples / Double(size) < fewestSteps { size /= 2 }
    return size
  }

  private func plan(epochs: Double, round: Int, schedule: LearningRateSchedule) -> TrainingPlan {
    TrainingPlan(
      objective: tuningObjective, optimizer: .standardAdamW, peakLearningRate: peakLearningRate,
      schedule: schedule, weightDecay: Self.weightDecay, gradientNormLimit: 5,
      batchSize: batchSize, epochs: epochs,
      seed: options.seed &+ UInt64(round) &* 0x2545_F491_4F6C_DD1D)
  }

  private var tuningObjective: Objective {
    guard usesTeacher else { return labelObjective }
    switch labelObjective {
    case .crossEntropy:
      return .distillation(temperature: temperature, labelWeight: 0)
    case .meanSquaredError, .distillation:
      return labelObjective
    }
  }

  private var usesTeacher: Bool { target == .denseNetwork && canDistil }

  /// Regression targets are the dense network's values already, or are what is to be learned.
  private var canDistil: Bool {
    if case .meanSquaredError = labelObjective { false } else { true }
  }

  private func prepareTeacher() throws {
    guard teacher == nil else { return }
    let dense = try session.engine.prepare(session.graph)
    teacher = TeacherOutputs(
      try Evaluator<E>(metric: .fidelity).outputs(dense, with: session.engine, on: fit))
    temperature = Self.temperature(spread: teacher?.spread ?? 0, metric: options.metric)
  }

  /// Perplexity counts the probabilities themselves; warmer ones spend the network on unlikely classes. Logits that lie far
  /// apart, as of inputs in 0 … 255, would otherwise teach nothing but the class of the examples between two.
  static func temperature(spread: Float, metric: Metric) -> Float {
    metric == .perplexity ? 1 : 4 * max(1, spread / ordinarySpread)
  }

  private static func objective(for fit: ExampleSet, metric: Metric) throws -> Objective {
    switch metric {
    case .mse, .mae: return .meanSquaredError
    case .fidelity where fit.labels == nil: return .meanSquaredError
    case .accuracy, .top5, .perplexity, .fidelity: return .crossEntropy(labelSmoothing: 0)
    }
  }

  private static var weightDecay: Float { 0.03 }
  /// Logits of well-trained classifiers lie up to so far apart.
  private static var ordinarySpread: Float { 14 }
  private static var fewestSteps: Double { 300 }
  private static var smallestBatch: Int { 16 }
}
