import LoopTestSupport
import PruneController
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Refining θ on the network at hand")
struct SelectionAdaptationTests {
  private let engine = ReferenceEngine()
  private static let objective = Objective.crossEntropy(labelSmoothing: 0)

  private func session() throws -> (PruningSession<ReferenceEngine>, ExampleSet) {
    let batch = TinyModels.clusters(count: 160, features: 6, classes: 4, spread: 0.6)
    let session = try PruningSession(TinyModels.mlp([6, 14, 10, 4]), engine: engine)
    for step in 0..<60 {
      _ = try engine.train(
        session.program, on: batch,
        step: TrainingStep(objective: Self.objective, learningRate: 0.05, seed: UInt64(step)))
    }
    return (
      session,
      try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters")
    )
  }

  private func selector(
    _ session: PruningSession<ReferenceEngine>, _ examples: ExampleSet,
    _ predictor: any ImportancePredictor = LogisticPredictor.prior, seed: UInt64 = 0,
    selection: IterativeSettings = IterativeSettings(),
    adaptation: AdaptationOptions?
  ) throws -> any MaskSelector {
    try SelectorChoice(
      .predictor(predictor, name: "test"), session: session, fit: examples,
      objective: Self.objective,
      options: PruningOptions(budget: .maximumDrop(points: 0), seed: seed)
    ).finalSelector(selection, adapting: adaptation)
  }

  private func options(passes: Int = 16) -> AdaptationOptions {
    var options = AdaptationOptions()
    options.passes = passes
    return options
  }

  @Test("the guard's loss never rises, the density is kept exactly", arguments: [0.5, 0.2, 0.1])
  func neverWorse(density: Double) throws {
    let (session, examples) = try session()
    let refined = try selector(session, examples, adaptation: options()).select(keeping: density)
    let outcome = try #require(refined.adaptation)
    #expect(outcome.lossAfter <= outcome.lossBefore)
    #expect(outcome.passes == 16 && refined.gradientEvaluations == 20 + 2 * 16)
    let count = session.layers.reduce(0) { $0 + $1.count }
    #expect(refined.masks.keptCount == Int((density * Double(count)).rounded()))
    if !outcome.isBetter {
      let plain = try selector(session, examples, adaptation: nil).select(keeping: density)
      #expect(refined.masks == plain.masks)
    }
  }

  @Test("finds better masks than a misleading predictor, which the prior's corrections can mend")
  func mends() throws {
    let (session, examples) = try session()
    let basis = FeatureBasis.products(
      of: ["log-lamp", "saliency-memory", "log-row-norm"], sparsityPowers: [0])
    let misleading = LogisticPredictor(basis: basis, coefficients: [-0.3, 0, 0])
    var longer = options(passes: 60)
    longer.learningRate = 0.1
    var unrivalled = IterativeSettings()
    unrivalled.comparesWithPrior = false
    let outcome = try #require(
      try selector(session, examples, misleading, selection: unrivalled, adaptation: longer)
        .select(keeping: 0.3).adaptation)
    #expect(outcome.lossAfter < 0.9 * outcome.lossBefore)
  }

  @Test("repeats exactly by seed and leaves the weights as they were")
  func repeats() throws {
    let (session, examples) = try session()
    let weights = try engine.parameters(of: session.program)
    let masks = try (0..<2).map { _ in
      try selector(session, examples, seed: 7, adaptation: options()).select(keeping: 0.2).masks
    }
    #expect(masks[0] == masks[1])
    let after = try engine.parameters(of: session.program)
    #expect(after == weights)
  }

  @Test("without a budget it is the plain selection")
  func noBudget() throws {
    let (session, examples) = try session()
    var options = options()
    options.computeBudgetSeconds = 0
    let refined = try selector(session, examples, adaptation: options).select(keeping: 0.2)
    let plain = try selector(session, examples, adaptation: nil).select(keeping: 0.2)
    #expect(refined.masks == plain.masks)
    #expect(refined.adaptation?.passes == 0)
    #expect(refined.adaptation?.isCutShort == false)
  }

  @Test("a slower machine takes the same masks, and is not cut short")
  func slowMachine() throws {
    let (session, examples) = try session()
    let engine = SpyEngine()
    let graph = try session.currentGraph()
    let outcomes = try [UInt32(0), 4_000].map { delay in
      engine.gradientDelayMicroseconds = delay
      return try SelectorChoice(
        .predictor(LogisticPredictor.prior, name: "test"),
        session: try PruningSession(graph, engine: engine), fit: examples,
        objective: Self.objective, options: PruningOptions(budget: .maximumDrop(points: 0))
      ).finalSelector(adapting: self.options(passes: 8)).select(keeping: 0.2)
    }
    let (fast, slow) = (try #require(outcomes[0].adaptation), try #require(outcomes[1].adaptation))
    #expect(outcomes[0].masks == outcomes[1].masks)
    #expect(fast.passes == 8 && slow.passes == 8 && !slow.isCutShort)
    #expect(fast.computeBudgetSeconds == slow.computeBudgetSeconds)
    // 8 passes of 2 gradients, 4 ms each.
    #expect(slow.wallSeconds > fast.wallSeconds && slow.wallSeconds > 0.06)
  }

  @Test("the clock ends it only as a last resort, which is told")
  func clock() throws {
    let (session, examples) = try session()
    let refined = try selector(session, examples, adaptation: .within(seconds: 0))
      .select(keeping: 0.2)
    let outcome = try #require(refined.adaptation)
    #expect(outcome.isCutShort && outcome.passes == 0)
    var warnings: [String] = []
    let task = try ClusterTask.shared.get()
    _ = try PruningController(
      engine: engine, criterion: .predictor(LogisticPredictor.prior, name: "prior"),
      options: PruningOptions(
        budget: .sparsity(try Sparsity(0.8)), adaptation: .within(seconds: 1e-9))
    ).prune(task.graph, split: task.split) {
      if case .warning(let text) = $0 { warnings.append(text) }
    }
    #expect(warnings.contains { $0.contains("ended by the clock") })
  }

  @Test("a predictor that reads no state is refined from criterion once, one gradient a pass")
  func withoutState() throws {
    let (session, examples) = try session()
    let basis = FeatureBasis.products(of: ["log-magnitude", "log-row-norm"], sparsityPowers: [0])
    let predictor = LogisticPredictor(basis: basis, rankingBy: "log-magnitude")
    let refined = try selector(session, examples, predictor, adaptation: options())
      .select(keeping: 0.3)
    let outcome = try #require(refined.adaptation)
    #expect(outcome.gradientEvaluations == 16 && refined.gradientEvaluations == 16)
    #expect(outcome.lossAfter <= outcome.lossBefore)
  }

  @Test("criteria have nothing to refine")
  func criteria() throws {
    let (session, examples) = try session()
    let selected = try SelectorChoice(
      .criterion(LAMPCriterion()), session: session, fit: examples, objective: Self.objective,
      options: PruningOptions(budget: .maximumDrop(points: 0))
    ).finalSelector(adapting: options()).select(keeping: 0.3)
    #expect(selected.adaptation == nil && selected.gradientEvaluations == 0)
  }

  @Test("what it takes is counted")
  func cost() throws {
    let task = try ClusterTask.shared.get()
    func prune(_ adaptation: AdaptationOptions?) throws -> PruningOutcome {
      try PruningController(
        engine: engine, criterion: .predictor(LogisticPredictor.prior, name: "prior"),
        options: PruningOptions(
          budget: .sparsity(try Sparsity(0.8)), adaptation: adaptation)
      ).prune(task.graph, split: task.split)
    }
    let plain = try prune(nil)
    let refined = try prune(options(passes: 5))
    #expect(refined.gradientEvaluations == plain.gradientEvaluations + 10)
    #expect(refined.masks.keptCount == plain.masks.keptCount)
  }
}
