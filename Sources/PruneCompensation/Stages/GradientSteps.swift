import PruneCore
import PruneData
import PruneSession
import PruneTraining

/// A bounded number of Adam steps on the kept weights, masks fixed.
final class GradientSteps<E: Engine> {
  private let session: PruningSession<E>
  private let examples: ExampleSet
  private let objective: Objective
  private let options: PruningOptions
  private let settings: CompensationSettings
  private let makeTeacher: () throws -> TeacherOutputs?
  private var teacher: TeacherOutputs??

  /// - Parameters:
  ///   - examples: training examples outside the held-out loss gate.
  ///   - makeTeacher: makes the dense network's outputs for `examples`; `nil` where the objective needs none.
  init(
    session: PruningSession<E>, examples: ExampleSet, objective: Objective,
    options: PruningOptions, settings: CompensationSettings,
    makeTeacher: @escaping () throws -> TeacherOutputs?
  ) {
    self.session = session
    self.examples = examples
    self.objective = objective
    self.options = options
    self.settings = settings
    self.makeTeacher = makeTeacher
  }

  /// Takes the steps at the largest learning rate that lowers the held-out loss; rolled back where none does.
  /// - Parameter judge: held-out loss gate of the session's program, its loss measured.
  /// - Returns: optimizer steps spent, all rates together.
  func take(judge: HeldOutLossGate<E>) throws -> Int {
    let program = try session.program
    let known = try teacher ?? makeTeacher()
    teacher = .some(known)
    let before = try session.engine.parameters(of: program)
    var steps = 0
    for rate in settings.learningRates {
      try session.engine.setOptimizerState([:], of: program)
      do {
        try Trainer(session.engine, plan: plan(rate: rate)).train(
          program, on: examples, teacher: known
        ) { _ in steps += 1 }
      } catch TrainingError.diverged {
        // The gate sees a loss that is not finite.
      }
      if try judge.keepsChange(over: before) { break }
    }
    try session.engine.setOptimizerState([:], of: program)
    return steps
  }

  private func plan(rate: Float) -> TrainingPlan {
    let perEpoch = (examples.count + options.batchSize - 1) / options.batchSize
    return TrainingPlan(
      objective: objective, optimizer: .standardAdam, peakLearningRate: rate,
      schedule: LearningRateSchedule(.cosine), gradientNormLimit: 5, batchSize: options.batchSize,
      epochs: Double(settings.gradientSteps) / Double(max(perEpoch, 1)),
      seed: options.seed &+ UInt64(session.masks.keptCount))
  }
}
