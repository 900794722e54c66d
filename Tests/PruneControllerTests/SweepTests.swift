import LoopTestSupport
import PruneCore
import PruneFeatures
import PruneSelection
import PruneTraining
import TestSupport
import Testing

@testable import PruneController

@Suite("Sweep")
struct SweepTests {
  private func sweep(
    _ sparsities: [Double], criterion: String = "lamp", metric: Metric = .accuracy
  ) throws -> SweepResult {
    let task = try ClusterTask.shared.get()
    return try Sweep(
      engine: ReferenceEngine(), criterion: .criterion(try SaliencyCriteria.named(criterion)),
      options: PruningOptions(budget: .maximumDrop(points: 0), metric: metric, batchSize: 48)
    ).run(
      task.graph, split: task.split, test: task.test,
      sparsities: sparsities.map { try Sparsity($0) })
  }

  @Test("reports every point with its counts")
  func points() throws {
    let result = try sweep([0, 0.5, 0.9])
    #expect(result.points.map(\.nonzero) == [84, 42, 8])
    #expect(result.points.map(\.sparseMACs) == [84, 42, 8])
    #expect(result.points.map(\.sparsity).isClose(to: [0, 0.5, 1 - 8.0 / 84], absolute: 1e-9))
    #expect(result.points[0].metric == result.dense)
    #expect(result.predictor == "lamp")
    #expect(result.metric == .accuracy)
  }

  @Test("every point starts from the dense network, whatever came before")
  func independence() throws {
    let alone = try sweep([0.6]).points[0]
    let after = try sweep([0.95, 0.6, 0.6]).points
    #expect(after[1].metric == alone.metric)
    #expect(after[2].nonzero == alone.nonzero)
  }

  @Test("the dense value is the test part's")
  func denseValue() throws {
    let task = try ClusterTask.shared.get()
    let engine = ReferenceEngine()
    let evaluation = try Evaluator<ReferenceEngine>(metric: .accuracy).evaluate(
      try engine.prepare(task.graph), of: task.graph, with: engine, on: task.test)
    #expect(try sweep([0.5]).dense == evaluation.value)
  }

  @Test("fidelity compares with the dense network")
  func fidelity() throws {
    let result = try sweep([0, 0.9], metric: .fidelity)
    #expect(result.dense == 1)
    #expect(result.points[0].metric == 1)
    #expect(result.points[1].metric < 1)
  }
}
