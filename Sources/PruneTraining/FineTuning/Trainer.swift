public import PruneCore
public import PruneData
import PruneSupport

/// Trains a program by optimizer steps over shuffled epochs; masks set on the program hold.
///
/// The order of examples in epoch *k* depends only on the seed and *k*, so that a resumed training repeats exactly.
public struct Trainer<E: Engine> {
  private let engine: E
  private let plan: TrainingPlan

  /// - Parameters:
  ///   - engine: engine that made the programs to be trained.
  ///   - plan: settings of the training.
  public init(_ engine: E, plan: TrainingPlan) {
    self.engine = engine
    self.plan = plan
  }

  /// Trains a program.
  ///
  /// - Parameters:
  ///   - teacher: the dense network's outputs for all examples, for distillation.
  ///   - firstStep: number of steps done by an earlier, interrupted call.
  ///   - onStep: called after every step with its progress; throwing from it ends the training.
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

  /// Order of the examples in an epoch.
  private func order(epoch: Int, count: Int) -> [Int] {
    var generator = SeededGenerator(seed: plan.seed, stream: "epoch \(epoch)")
    return (0..<count).shuffled(by: &generator)
  }
}

/// The dense network's outputs for every example of a set, looked up by example index.
public struct TeacherOutputs: Sendable {
  private let values: [Float]
  private let exampleShape: [Int]

  /// - Parameter outputs: one tensor per batch, in order, `[n, …]`, as ``Evaluator/outputs(_:with:on:)`` returns them.
  /// - Returns: `nil` where the outputs are not floating-point numbers per example.
  public init?(_ outputs: [HostTensor]) {
    guard let shape = outputs.first?.shape, !shape.isEmpty else { return nil }
    exampleShape = Array(shape.dropFirst())
    var values: [Float] = []
    for output in outputs {
      guard let floats = output.floats, Array(output.shape.dropFirst()) == exampleShape else {
        return nil
      }
      values += floats
    }
    self.values = values
  }

  /// Spread of the logits: root mean square of their differences from the mean along the last axis.
  var spread: Float {
    guard let width = exampleShape.last, width > 1, !values.isEmpty else { return 0 }
    var sum = 0.0
    for start in stride(from: 0, to: values.count, by: width) {
      let row = values[start..<start + width]
      let mean = row.reduce(0, +) / Float(width)
      for value in row { sum += Double((value - mean) * (value - mean)) }
    }
    return Float((sum / Double(values.count)).squareRoot())
  }

  /// Outputs of some examples, `[indices, …]`.
  func batch(_ indices: [Int]) -> [HostTensor] {
    let width = HostTensor.elementCount(of: exampleShape)
    var rows: [Float] = []
    rows.reserveCapacity(indices.count * width)
    for index in indices { rows += values[index * width..<(index + 1) * width] }
    return [HostTensor(rows, shape: [indices.count] + exampleShape)]
  }
}
