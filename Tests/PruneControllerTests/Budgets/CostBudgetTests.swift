import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSurgery
import TestSupport
import Testing

@testable import PruneController

@Suite("A budget of cost")
struct CostBudgetTests {
  private func prune(
    _ budget: Budget, objective: CostObjective = .parameters, granularity: Granularity = .element,
    epochs: Double = 0, progress: @escaping (PruningProgress) -> Void = { _ in }
  ) throws -> PruningOutcome {
    let task = try ClusterTask.shared.get()
    return try PruningController(
      engine: ReferenceEngine(), criterion: .criterion(try SaliencyCriteria.named("fisher")),
      options: PruningOptions(
        budget: budget, fineTuneEpochs: epochs, batchSize: 48, granularity: granularity,
        objective: objective)
    ).prune(task.graph, split: task.split, progress: progress)
  }

  private func sparseMACs(_ outcome: PruningOutcome) throws -> Int {
    let task = try ClusterTask.shared.get()
    let engine = ReferenceEngine()
    let shapes = try engine.shapes(
      of: try engine.prepare(task.graph), on: task.split.training.batch(0..<1).inputs)
    return CostModel(graph: task.graph, shapes: shapes).cost(masks: outcome.masks, fileBytes: 0)
      .sparseMACs
  }

  @Test("of MACs is kept and nearly used up", arguments: [0.5, 0.2])
  func macs(_ share: Double) throws {
    let dense = 4 * 12 + 12 * 3
    let targets = Recorder<CostTarget>()
    let outcome = try prune(.cost(.macs, .share(share))) { event in
      if case .counting(let target) = event { targets.add(target) }
    }
    #expect(Double(try sparseMACs(outcome)) <= share * Double(dense))
    #expect(Double(try sparseMACs(outcome)) > share * Double(dense) - 2)
    #expect(outcome.isBudgetMet)
    let target = try #require(targets.values.first)
    #expect(target.dense == Double(dense))
    #expect(isClose(target.limit ?? 0, share * Double(dense), absolute: 1e-9))
  }

  @Test("of bytes counts the weights left and a bit for each that could be")
  func bytes() throws {
    let limit = 200.0
    let outcome = try prune(.cost(.bytes, .amount(limit)), epochs: 0.5)
    let biases = 4 * (12 + 3)
    let bitmaps = (48 + 7) / 8 + (36 + 7) / 8
    let bytes = biases + bitmaps + 4 * outcome.masks.keptCount
    #expect(Double(bytes) <= limit)
    #expect(Double(bytes) > limit - 4)
  }

  @Test("below what is not pruned is refused with both numbers")
  func unreachable() throws {
    let error = #expect(throws: BudgetError.self) { try prune(.cost(.bytes, .amount(50))) }
    #expect(error == .costUnreachable(.bytes, limit: 50, floor: 71))
    #expect(error?.description.contains("raise --max-bytes") == true)
  }

  @Test("of time needs units that are cut out")
  func latency() throws {
    #expect(throws: BudgetError.objectiveNeedsUnits([.latency])) {
      try prune(.cost(.latency, .share(0.5)))
    }
    #expect(throws: BudgetError.objectiveNeedsUnits([.latency])) {
      try prune(.maximumDrop(points: 6), objective: .latency)
    }
  }

  @Test("an accuracy budget with MACs to save keeps it")
  func objective() throws {
    let outcome = try prune(.maximumDrop(points: 6), objective: .macs)
    #expect(outcome.isBudgetMet)
    #expect(try sparseMACs(outcome) < 84)
  }

  @Test(
    "limits are read with their units",
    arguments: [
      ("0.5x", CostObjective.macs, CostLimit.share(0.5)), ("200k", .bytes, .amount(200_000)),
      ("1.5M", .macs, .amount(1_500_000)), ("2ms", .latency, .amount(0.002)),
      ("7", .parameters, .amount(7)),
    ])
  func limits(text: String, objective: CostObjective, expected: CostLimit) throws {
    #expect(try CostLimit(text, of: objective) == expected)
  }

  @Test("other texts are refused", arguments: ["", "x", "0", "-1", "2x", "5ms", "1e9z", "k"])
  func badLimits(text: String) {
    #expect(throws: BudgetError.badCostLimit(text, .macs)) {
      try CostLimit(text, of: .macs)
    }
  }
}
