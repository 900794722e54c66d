import PruneCore
import PruneData

/// Recovery training of a masked network by distillation from the dense one, within a total of epochs.
///
/// - Source: distillation targets as in Hinton et al., 2015, [arXiv:1503.02531](https://arxiv.org/abs/1503.02531).
final class FineTuner<E: Engine> {
  /// The plain loss of the data, for gradients and for criteria.
  let labelObjective: Objective
  private(set) var epochsSpent = 0.0

  private let session: PruningSession<E>
  private let fit: ExampleSet
  private let options: PruningOptions
  private var teacher: TeacherOutputs?
  private var peakLearningRate: Float?

  init(session: PruningSession<E>, fit: ExampleSet, options: PruningOptions) throws {
    self.session = session
    self.fit = fit
    self.options = options
    labelObjective = try Self.objective(for: fit, metric: options.metric)
  }

  var epochsLeft: Double { max(0, options.fineTuneEpochs - epochsSpent) }

  /// Trains with the current masks held.
  ///
  /// A cancelled task and `isOutOfTime` end the tuning early without an error: what was reached is judged.
  /// - Parameter window: the part of the learning-rate course that this call covers; a whole one by default.
  /// - Returns: epochs spent.
  func tune(
    epochs: Double, round: Int, density: Double, window: ClosedRange<Double> = 0...1,
    isOutOfTime: () -> Bool, progress: (PruningProgress) -> Void
  ) throws -> Double {
    let before = epochsSpent
    try prepareTeacher()
    let granted = min(epochs, epochsLeft)
    let plan = plan(
      rate: peakLearningRate ?? Self.candidateRates[0], epochs: granted, window: window,
      seed: options.seed &+ UInt64(round) &* 0x2545_F491_4F6C_DD1D)
    epochsSpent += try session.change("tune", "\(plan)") {
      var trained = 0.0
      do {
        try Trainer(session.engine, plan: plan).train(
          try session.program, on: fit, teacher: teacher
        ) {
          progress(.tuning(round: round, density: density, $0))
          trained = min(granted, $0.epoch)
          if isOutOfTime() { throw CancellationError() }
        }
        return granted
      } catch is CancellationError {
        // The rounds end with the network as far as it came.
        return trained
      }
    }
    return epochsSpent - before
  }

  /// Tries a few rates for a fraction of an epoch each on a copy that lost most of its weights, and keeps the one with
  /// the lowest loss.
  ///
  /// - Parameter damage: prunes the network as hard as the search may later; on a network that has nothing to recover,
  ///   the smallest rate always looks best.
  func chooseLearningRate(
    isOutOfTime: () -> Bool, damage: () throws -> Void
  ) throws {
    guard peakLearningRate == nil, epochsLeft > 0 else { return }
    try prepareTeacher()
    let start = try session.snapshot()
    let share = min(Self.probeEpochs, epochsLeft / 10 / Double(Self.candidateRates.count))
    var best: (rate: Float, loss: Double)?
    for rate in Self.candidateRates where !isOutOfTime() {
      try damage()
      do {
        let plan = plan(rate: rate, epochs: share, window: 0...1, seed: options.seed)
        let loss = try session.change("probe", "\(plan)") {
          try Trainer(session.engine, plan: plan).train(
            try session.program, on: fit, teacher: teacher
          ) { _ in
            if isOutOfTime() { throw CancellationError() }
          }
        }
        if loss < best?.loss ?? .infinity { best = (rate, loss) }
      } catch ControllerError.diverged {
        // A rate that diverges is simply not the one to take.
      } catch is CancellationError {
        return try session.restore(start)
      }
      epochsSpent += share
      try session.restore(start)
    }
    peakLearningRate = best?.rate ?? Self.candidateRates[0]
  }

  /// A third of the rate after a divergence; `false` where it is too small already to be the cause.
  func lowerLearningRate() -> Bool {
    let rate = (peakLearningRate ?? Self.candidateRates[0]) / 3
    peakLearningRate = rate
    return rate > 1e-6
  }

  private func plan(
    rate: Float, epochs: Double, window: ClosedRange<Double>, seed: UInt64
  ) -> TrainingPlan {
    TrainingPlan(
      objective: tuningObjective, optimizer: .standardAdam, peakLearningRate: rate,
      schedule: LearningRateSchedule(.cosine, window: window), gradientNormLimit: 5,
      batchSize: options.batchSize, epochs: epochs, seed: seed)
  }

  private var tuningObjective: Objective {
    guard teacher != nil else { return labelObjective }
    switch labelObjective {
    case .crossEntropy:
      return .distillation(temperature: 4, labelWeight: 0)
    case .meanSquaredError, .distillation:
      return labelObjective
    }
  }

  private func prepareTeacher() throws {
    guard teacher == nil else { return }
    // Targets are the dense network's values already, or are what is to be learned.
    if case .meanSquaredError = labelObjective { return }
    let dense = try session.engine.prepare(session.graph)
    teacher = TeacherOutputs(
      try Evaluator<E>(metric: .fidelity).outputs(dense, with: session.engine, on: fit))
  }

  private static func objective(for fit: ExampleSet, metric: Metric) throws -> Objective {
    switch metric {
    case .mse, .mae: return .meanSquaredError
    case .fidelity where fit.labels == nil: return .meanSquaredError
    case .accuracy, .top5, .perplexity, .fidelity: return .crossEntropy(labelSmoothing: 0)
    }
  }

  private static var candidateRates: [Float] { [3e-3, 1e-3, 1e-2] }
  private static var probeEpochs: Double { 0.15 }
}
