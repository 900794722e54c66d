import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneCompensation

@Suite("Compensated pruning")
struct CompensatedPruningTests {
  private static var settings: CompensationSettings {
    var settings = CompensationSettings()
    settings.fisherRows = 24
    settings.fittingExamples = 300
    settings.gradientSteps = 10
    return settings
  }

  private struct Run {
    let session: PruningSession<ReferenceEngine>
    let pruning: CompensatedPruning<ReferenceEngine>
    let judge: HeldOutLossGate<ReferenceEngine>
  }

  private func makeRun(
    _ compensation: Compensation = .closedForm, criterion: String = "lamp",
    settings: CompensationSettings = Self.settings
  ) throws -> Run {
    let task = try ClusterTask.shared.get()
    let session = try PruningSession(task.graph, engine: ReferenceEngine())
    let objective = Objective.crossEntropy(labelSmoothing: 0)
    let options = PruningOptions(
      budget: .maximumDrop(points: 0), batchSize: 48, compensation: compensation)
    let sample = CompensationSample(
      task.split.training, settings: settings, seed: options.seed
    ) { _ in nil }
    return Run(
      session: session,
      pruning: try CompensatedPruning(
        try SelectorChoice(
          .criterion(try SaliencyCriteria.named(criterion)), session: session,
          fit: task.split.training, objective: objective, options: options), settings: settings),
      judge: HeldOutLossGate(
        engine: session.engine, program: try session.program, batches: sample.judging,
        objective: objective))
  }

  @Test("changes nothing where nothing goes")
  func nothingPruned() throws {
    let run = try makeRun()
    let before = try run.session.engine.parameters(of: try run.session.program)
    let record = try run.pruning.prune(from: 1, to: 1)
    #expect(record.stages == 1)
    #expect(record.keptFisherUpdates == 0)
    let after = try run.session.engine.parameters(of: try run.session.program)
    for (name, tensor) in before {
      #expect(after[name]?.floats?.isClose(to: tensor.floats ?? [], absolute: 1e-5) == true)
    }
  }

  @Test(
    "holds the masks, and the held-out loss is below that of the masks alone",
    arguments: [Compensation.closedForm, .firstOrder])
  func masksHold(_ compensation: Compensation) throws {
    let run = try makeRun(compensation)
    let dense = try run.session.snapshot()
    let record = try run.pruning.prune(from: 1, to: 0.15)
    #expect(run.session.masks.keptCount == 13)
    let stages = run.pruning.settings.stages(from: 1, to: 0.15).count
    // Twice where a second phase begins late.
    #expect((stages + 1...2 * stages).contains(record.stages))
    #expect(record.evaluations > 0)
    #expect((record.gradientSteps > 0) == (compensation == .firstOrder))
    let parameters = try run.session.engine.parameters(of: try run.session.program)
    for (name, mask) in run.session.masks.masks {
      let weights = try #require(parameters[name]?.floats)
      #expect(zip(weights, mask.kept).allSatisfy { $1 || $0 == 0 })
    }
    let compensated = try run.judge.measure()
    let masks = run.session.masks
    try run.session.restore(dense)
    try run.session.apply(masks)
    #expect(compensated < (try run.judge.measure()))
  }

  @Test("ends the same whether its first stages were known or not")
  func knownStages() throws {
    let fresh = try makeRun()
    let stages = try fresh.pruning.prune(from: 1, to: 0.2).stages
    let expected = try fresh.session.engine.parameters(of: try fresh.session.program)
    let run = try makeRun()
    let dense = try run.session.snapshot()
    _ = try run.pruning.prune(from: 1, to: 0.3)
    try run.session.restore(dense)
    let record = try run.pruning.prune(from: 1, to: 0.2)
    #expect(record.stages < stages)
    #expect(try run.session.engine.parameters(of: try run.session.program) == expected)
    #expect(run.session.masks == fresh.session.masks)
  }

  @Test("removes whole units where the criterion ranks units")
  func units() throws {
    let run = try makeRun(criterion: "l2")
    let record = try run.pruning.prune(from: 1, to: 0.6)
    #expect(record.rankedStages == record.stages)
    let mask = try #require(run.session.masks["layer0.weight"])
    for unit in 0..<12 {
      let kept = mask.kept[unit * 4..<(unit + 1) * 4]
      #expect(Set(kept).count == 1)
    }
  }

  @Test("a second phase leaves no higher loss; there is none with too much to solve for")
  func latePhase() throws {
    var settings = Self.settings
    settings.newtonRows = 0
    let plain = try makeRun(settings: settings)
    let stages = settings.stages(from: 1, to: 0.1).count
    #expect(try plain.pruning.prune(from: 1, to: 0.1).stages == stages)
    let first = try makeRun()
    var calls = 0
    // The clock is asked before every stage but the last, and before the second phase.
    let single = try first.pruning.prune(from: 1, to: 0.1) {
      calls += 1
      return calls == stages
    }
    #expect(single.stages == stages)
    let both = try makeRun()
    #expect(try both.pruning.prune(from: 1, to: 0.1).stages > stages)
    // What a session was taken back to is loaded with its program.
    _ = (try both.session.program, try first.session.program)
    let (loss, alone) = (try both.judge.measure(), try first.judge.measure())
    #expect(loss <= alone, "\(loss) against \(alone)")
  }

  @Test("goes straight to the target when out of time")
  func outOfTime() throws {
    let run = try makeRun()
    let record = try run.pruning.prune(from: 1, to: 0.1, isOutOfTime: { true })
    #expect(record.stages == 1)
    #expect(run.session.masks.keptCount == 8)
  }

  @Test("stages lie on one grid")
  func stages() {
    let settings = CompensationSettings()
    let all = settings.stages(from: 1, to: 0.1)
    #expect(all.first == settings.firstDensity)
    #expect(all.last == 0.1)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0 > $1 })
    #expect(Array(settings.stages(from: all[2], to: 0.1)) == Array(all[3...]))
    #expect(settings.stages(from: 0.1, to: 0.1) == [0.1])
    #expect(settings.stages(from: 1, to: 0.8) == [0.8])
  }

  @Test("a network whose passes take long gets fewer examples and tries, a small one all of them")
  func bounds() {
    let settings = CompensationSettings()
    #expect(settings.bounded(macs: 266_200, layers: 3) == settings)
    let residual = settings.bounded(macs: 41_000_000, layers: 22)
    #expect((300...600).contains(residual.fittingExamples))
    #expect((300...600).contains(residual.gateExamples))
    #expect(residual.ridges == [1e-2] && residual.steps == [1])
    #expect(!residual.canSolve(weights: 100, examples: .max))
    let large = settings.bounded(macs: .max, layers: 54)
    #expect(large.fittingExamples == large.gateExamples)
    #expect(large.fittingExamples > 0 && large.fittingExamples < residual.fittingExamples)
    #expect(settings.bounded(macs: 0, layers: 0) == settings)
  }
}

@Suite("Compensation guard")
struct CompensationGuardTests {
  @Test("takes what lowers the loss and nothing else, a loss that is not finite included")
  func takesBest() throws {
    let task = try ClusterTask.shared.get()
    let engine = ReferenceEngine()
    let program = try engine.prepare(task.graph)
    let judge = HeldOutLossGate(
      engine: engine, program: program, batches: [task.split.training.batch(0..<100)],
      objective: .crossEntropy(labelSmoothing: 0))
    let start = try judge.measure()
    let before = ["layer0.weight": try #require(engine.parameters(of: program)["layer0.weight"])]
    let weights = try #require(before["layer0.weight"]?.floats)
    func scaled(_ factor: Float) -> [String: HostTensor] {
      ["layer0.weight": HostTensor(weights.map { $0 * factor }, shape: [12, 4])]
    }
    #expect(try !judge.takeBest(of: [scaled(0), scaled(.nan)], over: before))
    #expect(try engine.parameters(of: program)["layer0.weight"] == before["layer0.weight"])
    #expect(judge.loss == start)
    try engine.setParameters(scaled(0.2), of: program)
    let damaged = try judge.measure()
    #expect(try judge.takeBest(of: [scaled(0.1), scaled(0.6), scaled(0.9)], over: scaled(0.2)))
    #expect(judge.loss < damaged)
    #expect(try !judge.keepsChange(over: scaled(0.9)))
  }
}
