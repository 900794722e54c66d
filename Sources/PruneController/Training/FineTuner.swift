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

  /// A tenth of all epochs, but no fewer than a quarter of one, so that a round can be judged by what it reached.
  var epochsPerRound: Double { max(0.25, options.fineTuneEpochs / 10) }

  /// Trains with the current masks held.
  /// - Parameter window: the part of the learning-rate course that this call covers; a whole one by default.
  /// - Returns: epochs spent, a first search for the learning rate included.
  func tune(
    epochs: Double, round: Int, density: Double, window: ClosedRange<Double> = 0...1,
    progress: (PruningProgress) -> Void
  ) throws -> Double {
    let before = epochsSpent
    try prepareTeacher()
    let rate = try peakLearningRate ?? chooseLearningRate()
    let granted = min(epochs, epochsLeft)
    let plan = plan(
      rate: rate, epochs: granted, window: window,
      seed: options.seed &+ UInt64(round) &* 0x2545_F491_4F6C_DD1D)
    try session.engine.setOptimizerState([:], of: session.program)
    try Trainer(session.engine, plan: plan).train(
      session.program, on: fit, teacher: teacher
    ) { progress(.tuning(round: round, density: density, $0)) }
    epochsSpent += granted
    return epochsSpent - before
  }

  /// Tries a few rates for a fraction of an epoch each from the same state and keeps the one with the lowest loss.
  private func chooseLearningRate() throws -> Float {
    let start = try session.snapshot()
    let share = min(Self.probeEpochs, epochsLeft / 10 / Double(Self.candidateRates.count))
    var best: (rate: Float, loss: Double)?
    for rate in Self.candidateRates {
      let plan = plan(rate: rate, epochs: share, window: 0...1, seed: options.seed)
      try session.engine.setOptimizerState([:], of: session.program)
      do {
        let loss = try Trainer(session.engine, plan: plan).train(
          session.program, on: fit, teacher: teacher)
        if loss < best?.loss ?? .infinity { best = (rate, loss) }
      } catch ControllerError.diverged {
        // A rate that diverges is simply not the one to take.
      }
      epochsSpent += share
      try session.restore(start)
    }
    let rate = best?.rate ?? Self.candidateRates[0]
    peakLearningRate = rate
    return rate
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
      return .distillation(temperature: 2, labelWeight: fit.labels == nil ? 0 : 0.5)
    case .meanSquaredError, .distillation:
      return labelObjective
    }
  }

  private func prepareTeacher() throws {
    guard teacher == nil else { return }
    if case .meanSquaredError = labelObjective, options.metric != .fidelity { return }
    let dense = try session.engine.prepare(session.graph)
    teacher = TeacherOutputs(
      try Evaluator<E>(metric: .fidelity).outputs(dense, with: session.engine, on: fit))
  }

  private static func objective(for fit: ExampleSet, metric: Metric) throws -> Objective {
    switch metric {
    case .mse, .mae: return .meanSquaredError
    case .fidelity where fit.labels == nil: return .distillation(temperature: 2, labelWeight: 0)
    case .accuracy, .top5, .perplexity, .fidelity: return .crossEntropy(labelSmoothing: 0)
    }
  }

  private static var candidateRates: [Float] { [1e-3, 3e-3, 3e-4] }
  private static var probeEpochs: Double { 0.15 }
}
