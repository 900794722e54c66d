import LoopTestSupport
import PruneCore
import PruneData
import TestSupport
import Testing

@testable import PruneTraining

@Suite("Trainer")
struct TrainerTests {
  private struct Interruption: Error {}

  private let graph = TinyModels.mlp([4, 6, 3])

  private func plan(
    epochs: Double = 2, rate: Float = 0.02, seed: UInt64 = 3,
    optimizer: TrainingStep.Optimizer = .standardAdam
  ) -> TrainingPlan {
    TrainingPlan(
      optimizer: optimizer, peakLearningRate: rate, batchSize: 10, epochs: epochs, seed: seed)
  }

  private func examples(_ count: Int = 45) throws -> ExampleSet {
    try ClusterTask.clusters(count, spread: 0.5, seed: 1)
  }

  private func order(_ plan: TrainingPlan) throws -> SpyEngine {
    let engine = SpyEngine()
    try Trainer(engine, plan: plan).train(try engine.prepare(graph), on: try examples())
    return engine
  }

  @Test("every epoch takes every example once, in an order of its own that the seed decides")
  func order() throws {
    let engine = try order(plan())
    #expect(engine.trained.map(\.count) == [10, 10, 10, 10, 5, 10, 10, 10, 10, 5])
    let first = engine.trained[..<5].flatMap { $0 }
    let second = engine.trained[5...].flatMap { $0 }
    #expect(first.sorted() == second.sorted())
    #expect(first != second)
    #expect(try order(plan()).trained == engine.trained)
    #expect(try order(plan(seed: 4)).trained != engine.trained)
  }

  @Test("the learning rate follows the schedule")
  func rates() throws {
    var plan = plan(rate: 1e-3)
    plan.schedule = LearningRateSchedule(.step)
    let rates = try order(plan).rates
    #expect(
      rates.isClose(
        to: [1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01].map { $0 * 1e-3 }, relative: 1e-5))
  }

  @Test("training lowers the loss and reports every step")
  func progress() throws {
    let engine = ReferenceEngine()
    var steps: [Int] = []
    var ends: [Int] = []
    var first: Double?
    let last = try Trainer(engine, plan: plan(epochs: 12)).train(
      try engine.prepare(graph), on: try examples()
    ) {
      steps.append($0.step)
      if $0.isEpochEnd { ends.append($0.step) }
      if first == nil { first = $0.loss }
    }
    #expect(steps == Array(1...60))
    #expect(ends == Array(stride(from: 5, through: 60, by: 5)))
    #expect(last < (first ?? 0) / 2)
  }

  @Test(
    "a training that is resumed in the middle ends with the same parameters",
    arguments: [TrainingStep.Optimizer.standardAdam, .momentum, .standardAdamW], [3, 5, 8])
  func resume(_ optimizer: TrainingStep.Optimizer, interruptedAfter step: Int) throws {
    let plan = plan(optimizer: optimizer)
    let engine = ReferenceEngine()
    let whole = try engine.prepare(graph)
    try Trainer(engine, plan: plan).train(whole, on: try examples())

    let part = try engine.prepare(graph)
    #expect(throws: Interruption.self) {
      try Trainer(engine, plan: plan).train(part, on: try examples()) {
        if $0.step == step { throw Interruption() }
      }
    }
    let checkpoint = try TrainingCheckpoint(
      step: step, program: part, engine: engine, fingerprint: "f")
    let resumed = try engine.prepare(graph)
    try checkpoint.restore(into: resumed, of: engine)
    try Trainer(engine, plan: plan).train(resumed, on: try examples(), firstStep: checkpoint.step)
    #expect(try engine.parameters(of: resumed) == engine.parameters(of: whole))
  }

  @Test("a finished training has nothing left to do")
  func finished() throws {
    let engine = SpyEngine()
    let loss = try Trainer(engine, plan: plan()).train(
      try engine.prepare(graph), on: try examples(), firstStep: 10)
    #expect(engine.trained.isEmpty)
    #expect(loss.isNaN)
  }

  @Test("a loss that explodes stops with the step and the rate")
  func divergence() throws {
    let engine = ReferenceEngine()
    let error = #expect(throws: TrainingError.self) {
      try Trainer(engine, plan: plan(epochs: 20, rate: 1e30, optimizer: .momentum)).train(
        try engine.prepare(graph), on: try examples())
    }
    guard case .diverged(let step, _)? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(step > 1)
    #expect(error?.description.contains("--learning-rate") == true)
  }

  @Test("masked weights stay exactly zero")
  func masks() throws {
    let engine = ReferenceEngine()
    let program = try engine.prepare(graph)
    let kept = (0..<24).map { $0 % 3 != 0 }
    try engine.setMasks(["layer0.weight": kept], of: program)
    try Trainer(engine, plan: plan()).train(program, on: try examples())
    let weights = try #require(try engine.parameters(of: program)["layer0.weight"]?.floats)
    #expect(zip(weights, kept).allSatisfy { ($0 != 0) == $1 })
  }

  @Test("a cancelled task stops")
  func cancellation() async throws {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      let engine = ReferenceEngine()
      try Trainer(engine, plan: plan()).train(try engine.prepare(graph), on: try examples())
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("step counts round, but any training takes a step")
  func stepCounts() {
    #expect(plan(epochs: 2).stepCount(examples: 45) == 10)
    #expect(plan(epochs: 0.5).stepCount(examples: 45) == 3)
    #expect(plan(epochs: 0.01).stepCount(examples: 45) == 1)
    #expect(plan(epochs: 0).stepCount(examples: 45) == 0)
  }
}
