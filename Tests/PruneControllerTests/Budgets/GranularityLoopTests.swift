import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import TestSupport
import Testing

@testable import PruneController

@Suite("granularities in the loop")
struct GranularityLoopTests {
  private func prune(
    _ granularity: Granularity, _ budget: Budget, _ criterion: PruningCriterion
  ) throws -> PruningOutcome {
    let task = try ClusterTask.shared.get()
    return try PruningController(
      engine: ReferenceEngine(), criterion: criterion,
      options: PruningOptions(budget: budget, granularity: granularity)
    ).prune(task.graph, split: task.split)
  }

  @Test(
    "N of every M stay, exactly",
    arguments: [
      PruningCriterion.criterion(MagnitudeCriterion()),
      .predictor(LogisticPredictor.prior, name: "prior"),
    ])
  func pattern(_ criterion: PruningCriterion) throws {
    let pattern = try NMPattern(kept: 1, of: 2)
    for budget in [Budget.maximumDrop(points: 60), .sparsity(try Sparsity(0.5))] {
      let outcome = try prune(.nm(pattern), budget, criterion)
      #expect(outcome.isBudgetMet)
      #expect(outcome.rounds.count == 1)
      for layer in outcome.layers {
        let kept = try #require(outcome.masks[layer.parameter]?.kept)
        for start in stride(from: 0, to: kept.count, by: 2) {
          #expect(kept[start..<start + 2].count { $0 } == 1)
        }
      }
    }
  }

  @Test("blocks go whole, and as many as asked")
  func blocks() throws {
    let outcome = try prune(
      .block(rows: 2, columns: 2), .sparsity(try Sparsity(0.5)),
      .predictor(LogisticPredictor.prior, name: "prior"))
    #expect(abs(outcome.sparsity - 0.5) < 0.06)
    for layer in outcome.layers where layer.layout.outputs.isMultiple(of: 2) {
      let kept = try #require(outcome.masks[layer.parameter]?.kept)
      for output in stride(from: 0, to: layer.layout.outputs, by: 2) {
        for input in stride(from: 0, to: layer.layout.inputs, by: 2) {
          let block = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
            kept[layer.layout.index(output: output + $0.0, input: input + $0.1)]
          }
          #expect(Set(block).count == 1)
        }
      }
    }
  }

  @Test("channels leave a smaller network, certified as it is written")
  func channels() throws {
    let outcome = try prune(.channel, .maximumDrop(points: 8), .units(.gate))
    #expect(outcome.isBudgetMet)
    let certificate = try #require(outcome.certificate)
    #expect(certificate.holds)
    let hidden = outcome.graph.prunableLayers().map(\.shape)[0][0]
    #expect(hidden < 12)
    #expect(outcome.graph.outputs.map(\.name) == ["y"])
  }
}
