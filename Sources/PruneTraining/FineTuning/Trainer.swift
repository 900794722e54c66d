public import PruneCore
public import PruneData
import PruneSupport

/// Runs optimizer steps over shuffled epochs; masks set on the program hold.
///
/// The order of examples in epoch *k* depends only on the seed and *k*, so that a resumed training repeats exactly.
public struct Trainer<E: Engine> {
  private let engine: E
  private let plan: TrainingPlan

  /// - Parameter engine: the one that made the programs to be trained.
  public init(_ engine: E, plan: TrainingPlan) {
    self.engine = engine
    self.plan = plan
  }

  /// - Parameters:
  ///   - teacher: the dense network's outputs by example index `[N][outputs]`, for distillation.
  ///   - firstStep: steps already done by an earlier, interrupted call.
  ///   - onStep: called after every step with the step's number (from 1); throwing from it ends the training.
  /// - Returns: mean loss over the last tenth of the steps.
  /// - Throws: ``TrainingError/diverged(step:learningRate:)``, `CancellationError` and engine errors.
  @discardableResult
  public func train(
    _ program: E.Program, on examples: ExampleSet, teacher: TeacherOutputs? = nil,
    firstStep: Int = 0, onStep: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> Double {
    let steps = plan.stepCount(examples: examples.count)
    let perEpoch = plan.stepsPerEpoch(examples: examples.count)
    let start = ContinuousClock.now
    var seen = 0
    var running = 0.0
    var tail = (sum: 0.0, count: 0)
    var order: [Int] = []
    for step in firstStep..<max(firstStep, steps) {
      try Task.checkCancellation()
      let (epoch, position) = step.quotientAndRemainder(dividingBy: perEpoch)
      if position == 0 || order.isEmpty { order = self.order(epoch: epoch, count: examples.count) }
      let indices = Array(
        order[position * plan.batchSize..<min(order.count, (position + 1) * plan.batchSize)])
      var batch = examples.batch(indices)
      batch.teacher = teacher?.batch(indices)
      let rate =
        plan.peakLearningRate * Float(plan.schedule.factor(at: Double(step) / Double(steps)))
      let loss = try engine.train(
        program, on: batch,
        step: TrainingStep(
          objective: plan.objective, optimizer: plan.optimizer, learningRate: rate,
          weightDecay: plan.weightDecay, gradientNormLimit: plan.gradientNormLimit,
          seed: plan.seed &+ UInt64(step) &* 0x9E37_79B9_7F4A_7C15))
      guard loss.isFinite else {
        throw TrainingError.diverged(step: step + 1, learningRate: rate)
      }
      seen += indices.count
      running = running == 0 ? loss : 0.98 * running + 0.02 * loss
      if step >= steps - max(1, steps / 10) { tail = (tail.sum + loss, tail.count + 1) }
      let seconds = (ContinuousClock.now - start).seconds
      try onStep(
        TrainingProgress(
          step: step + 1, steps: steps, epoch: Double(step + 1) / Double(perEpoch), loss: running,
          examplesPerSecond: Double(seen) / max(seconds, 1e-9), learningRate: rate,
          isEpochEnd: position == perEpoch - 1 || step == steps - 1,
          secondsLeft: seconds / Double(step + 1 - firstStep) * Double(steps - step - 1)))
    }
    return tail.count == 0 ? .nan : tail.sum / Double(tail.count)
  }

  private func order(epoch: Int, count: Int) -> [Int] {
    var generator = SeededGenerator(seed: plan.seed, stream: "epoch \(epoch)")
    return (0..<count).shuffled(by: &generator)
  }
}
