package import PruneCore
package import PruneData
package import PruneSession

/// Fine-tuning of a masked network within a total of epochs, by distillation from the dense network or on labels.
///
/// - Source: distillation targets as in Hinton et al., 2015, [arXiv:1503.02531](https://arxiv.org/abs/1503.02531);
///   decoupled weight decay as in Loshchilov & Hutter, 2019, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
package final class FineTuner<E: Engine> {
  /// Loss on the data's targets, for gradients and criteria.
  package let labelObjective: Objective
  /// Training part.
  package let fit: ExampleSet
  /// Epochs trained so far.
  package private(set) var epochsSpent = 0.0
  /// Training target; see ``hasChoice``.
  package var target = TuningChoice.Target.denseNetwork
  /// Factor of the learning rate that follows from the number of steps, in `0 ... 1`.
  package var rateFactor: Float = 1

  private let session: PruningSession<E>
  private let options: PruningOptions
  /// Examples per optimizer step; halved where the epochs would hold too few steps.
  private let batchSize: Int
  private var teacher: TeacherOutputs?
  private var temperature: Float = 1

  /// - Parameters:
  ///   - fit: training part.
  ///   - longestTuning: share of the epochs that the longest single call of fine-tuning gets, in `0 ... 1`.
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

  /// Epochs not trained yet, at least 0.
  package var epochsLeft: Double { max(0, options.fineTuneEpochs - epochsSpent) }

  /// `true` where both labels and the dense network's outputs are possible training targets.
  package var hasChoice: Bool { canDistil && fit.labels != nil && options.metric != .fidelity }

  /// Optimizer steps per epoch, at least 1.
  package var stepsPerEpoch: Int { max(1, (fit.count + batchSize - 1) / batchSize) }

  /// Settings of the fine-tuning, for reports.
  package var choice: TuningChoice {
    TuningChoice(
      target: target, peakLearningRate: peakLearningRate, batchSize: batchSize,
      examples: fit.count)
  }

  /// Outcome of one call of fine-tuning.
  package struct Result: Codable {
    /// Epochs trained; a fraction where it ended early.
    let epochs: Double
    /// Mean loss over the last tenth of the steps; `nil` where the fine-tuning ended early.
    package let loss: Double?
    /// Number of the last step that was begun, from 0.
    package let lastStep: Int
  }

  /// Trains the network; masks hold.
  ///
  /// A cancelled task and `isOutOfTime` end the fine-tuning early without an error; the network reached is kept.
  ///
  /// - Parameters:
  ///   - epochs: epochs to train; at most ``epochsLeft`` are.
  ///   - round: number of the round, part of the seed.
  ///   - name: name of what `beforeStep` and `afterwards` do, for the record of the run.
  ///   - isOutOfTime: checked after every step; `true` ends the fine-tuning.
  ///   - progress: called after every step.
  ///   - beforeStep: called with the number, from 0, of each step before it is taken.
  ///   - afterwards: called where the fine-tuning did not end early.
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
        // The round ends with the network that was reached.
        return Result(epochs: trained, loss: nil, lastStep: lastStep)
      }
    }
    epochsSpent += result.epochs
    return result
  }

  /// Number of optimizer steps that
  /// ``tune(epochs:round:schedule:recordedAs:isOutOfTime:progress:beforeStep:afterwards:)`` will take.
  package func stepCount(epochs: Double) -> Int {
    plan(epochs: min(epochs, epochsLeft), round: 0, schedule: LearningRateSchedule(.cosine))
      .stepCount(examples: fit.count)
  }

  /// Divides the learning rate by 3 (chosen by hand) after a divergence.
  ///
  /// - Returns: `false` where the new peak rate is 1e-6 or less, too small for the rate to be the cause.
  package func lowerLearningRate() -> Bool {
    rateFactor /= 3
    return peakLearningRate > 1e-6
  }

  private var peakLearningRate: Float { Self.ruledLearningRate(steps: totalSteps) * rateFactor }

  /// Optimizer steps of all epochs.
  private var totalSteps: Double { Double(stepsPerEpoch) * options.fineTuneEpochs }

  /// Peak learning rate by the number of steps, `1e-2 · min(1, √(400 / steps))`.
  ///
  /// Measured: on a small perceptron trained for 1 to 60 epochs, Adam's best rate fell with about the root of the
  /// number of steps.
  private static func ruledLearningRate(steps: Double) -> Float {
    Float(1e-2 * min(1, (400 / max(1, steps)).squareRoot()))
  }

  /// Batch size, halved from `largest` until the examples give ``fewestSteps`` steps.
  ///
  /// Measured: a small convolutional network on 900 examples, 85 % pruned in 5 epochs, lost 3 points in 40 steps and
  /// none in 280.
  private static func batchSize(atMost largest: Int, seen examples: Double) -> Int {
    var size = largest
    while size / 2 >= smallestBatch, examples / Double(size) < fewestSteps { size /= 2 }
    return size
  }

  /// Training plan of one call; its gradient norm limit is chosen by hand.
  private func plan(epochs: Double, round: Int, schedule: LearningRateSchedule) -> TrainingPlan {
    TrainingPlan(
      objective: tuningObjective, optimizer: .standardAdamW, peakLearningRate: peakLearningRate,
      schedule: schedule, weightDecay: Self.weightDecay, gradientNormLimit: 5,
      batchSize: batchSize, epochs: epochs,
      seed: options.seed &+ UInt64(round) &* 0x2545_F491_4F6C_DD1D)
  }

  /// Loss that the fine-tuning minimises.
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

  /// `true` for a classifier; regression targets are already the dense network's values, or are the training target.
  private var canDistil: Bool {
    if case .meanSquaredError = labelObjective { false } else { true }
  }

  /// Computes the dense network's outputs once.
  private func prepareTeacher() throws {
    guard teacher == nil else { return }
    let dense = try session.engine.prepare(session.graph)
    teacher = TeacherOutputs(
      try Evaluator<E>(metric: .fidelity).outputs(dense, with: session.engine, on: fit))
    temperature = Self.temperature(spread: teacher?.spread ?? 0, metric: options.metric)
  }

  /// Temperature of the distillation: 1 for perplexity, which measures the probabilities themselves, otherwise 4
  /// (chosen by hand), more where the logits are far apart, as with inputs in 0 … 255: their softmax would hold little
  /// beyond the top class.
  ///
  /// - Parameter spread: standard deviation of the teacher's logits; see ``TeacherOutputs/spread``.
  static func temperature(spread: Float, metric: Metric) -> Float {
    metric == .perplexity ? 1 : 4 * max(1, spread / ordinarySpread)
  }

  /// Loss on the data's targets for a metric.
  private static func objective(for fit: ExampleSet, metric: Metric) throws -> Objective {
    switch metric {
    case .mse, .mae: return .meanSquaredError
    case .fidelity where fit.labels == nil: return .meanSquaredError
    case .accuracy, .top5, .perplexity, .fidelity: return .crossEntropy(labelSmoothing: 0)
    }
  }

  /// Decoupled weight decay, chosen by hand.
  private static var weightDecay: Float { 0.03 }
  /// Largest standard deviation of the logits of ordinary classifiers, chosen by hand.
  private static var ordinarySpread: Float { 14 }
  /// Fewest optimizer steps to aim for, chosen by hand.
  private static var fewestSteps: Double { 300 }
  /// Fewest examples per optimizer step, chosen by hand.
  private static var smallestBatch: Int { 16 }
}
