import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneTraining
import TestSupport
import Testing

@testable import PruneController

@Suite("A sparsity budget")
struct SparsityBudgetTests {
  private func prune(
    to sparsity: Double, criterion: String = "magnitude", epochs: Double = 0, seed: UInt64 = 0,
    metric: Metric = .accuracy, progress: @escaping (PruningProgress) -> Void = { _ in }
  ) throws -> PruningOutcome {
    let task = try ClusterTask.shared.get()
    let options = PruningOptions(
      budget: .sparsity(try Sparsity(sparsity)), metric: metric, fineTuneEpochs: epochs,
      seed: seed, batchSize: 48)
    return try PruningController(
      engine: ReferenceEngine(), criterion: .criterion(try SaliencyCriteria.named(criterion)),
      options: options
    ).prune(task.graph, split: task.split, progress: progress)
  }

  @Test(
    "is reached exactly, with a single round where nothing is tuned",
    arguments: [0, 0.5, 0.77, 0.95], ["magnitude", "lamp", "snip", "random"])
  func isExact(_ sparsity: Double, _ criterion: String) throws {
    let outcome = try prune(to: sparsity, criterion: criterion)
    let connections = 4 * 12 + 12 * 3
    #expect(outcome.masks.count == connections)
    #expect(outcome.masks.keptCount == Int((Double(connections) * (1 - sparsity)).rounded()))
    #expect(outcome.isBudgetMet)
    #expect(outcome.certificate == nil)
    #expect(outcome.rounds.count == 1)
    #expect(outcome.epochs == 0)
  }

  @Test("masks hold through fine-tuning, and only weights change")
  func masksHold() throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(to: 0.8, epochs: 3)
    #expect(outcome.masks.keptCount == 17)
    for (name, mask) in outcome.masks.masks {
      let weights = try #require(outcome.graph.parameters()[name]?.floats)
      #expect(zip(weights, mask.kept).allSatisfy { $1 || $0 == 0 })
    }
    #expect(outcome.graph.nodes == task.graph.nodes)
    #expect(outcome.graph != task.graph)
  }

  @Test("fine-tuning spends its epochs along the ramp and recovers what pruning lost")
  func fineTuning() throws {
    let plain = try prune(to: 0.75, criterion: "random")
    let seen = Recorder<Double>()
    let tuned = try prune(to: 0.75, criterion: "random", epochs: 4) { event in
      if case .tuning(_, let density, _) = event { seen.add(density) }
    }
    #expect(tuned.pruned.value > plain.pruned.value)
    #expect(isClose(tuned.epochs, 4, absolute: 1e-9))
    #expect(Set(seen.values).count > 3)
    #expect(seen.values == seen.values.sorted(by: >))
    #expect(isClose(seen.values.last ?? 0, 0.25, absolute: 1e-9))
    // The rest went into the choice of teacher and learning rate.
    #expect((3...4).contains(tuned.rounds.reduce(0) { $0 + $1.epochs }))
    #expect(tuned.rounds.map(\.index) == Array(tuned.rounds.indices))
  }

  @Test(
    "labels teach where a little training on them betters the dense network, its outputs do elsewhere"
  )
  func teaching() throws {
    let task = try ClusterTask.shared.get()
    func teaching(of graph: Graph, metric: Metric = .accuracy) throws -> TuningChoice? {
      let chosen = Recorder<TuningChoice>()
      let options = PruningOptions(
        budget: .sparsity(try Sparsity(0.5)), metric: metric, fineTuneEpochs: 4, batchSize: 48)
      _ = try PruningController(
        engine: ReferenceEngine(), criterion: .criterion(MagnitudeCriterion()), options: options
      ).prune(graph, split: task.split) { event in
        if case .tuningChosen(let choice) = event { chosen.add(choice) }
      }
      #expect(chosen.values.count == 1)
      return chosen.values.first
    }
    let untrained = TinyModels.mlp([4, 12, 3])
    #expect(try teaching(of: untrained)?.target == .labels)
    #expect(try teaching(of: untrained, metric: .fidelity)?.target == .denseNetwork)
    let choice = try #require(try teaching(of: task.graph))
    #expect(choice.target == .denseNetwork)
    #expect(choice.peakLearningRate > 0 && choice.peakLearningRate <= 1e-2)
    // No certificate will be asked for, so its examples are trained on too.
    #expect(choice.examples == task.split.training.count + task.split.certification.count)
  }

  @Test("the same seed gives the same network, another seed another")
  func determinism() throws {
    let first = try prune(to: 0.7, epochs: 1, seed: 5)
    let again = try prune(to: 0.7, epochs: 1, seed: 5)
    #expect(first.graph == again.graph)
    #expect(first.masks == again.masks)
    #expect(first.rounds.map(\.metric) == again.rounds.map(\.metric))
    #expect(try prune(to: 0.7, epochs: 1, seed: 6).graph != first.graph)
  }

  @Test("a cancelled task gets the asked sparsity at once, without the tuning")
  func cancellation() async throws {
    let task = Task {
      try prune(to: 0.8, epochs: 50) { event in
        if case .tuning = event { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    let outcome = try await task.value
    #expect(outcome.masks.keptCount == 17)
    #expect(outcome.epochs < 10)
  }

  @Test("a network with nothing to prune is refused with its operators")
  func nothingPrunable() throws {
    let task = try ClusterTask.shared.get()
    let graph = Graph(
      name: "relu", inputs: task.graph.inputs,
      outputs: [ValueInfo(name: "y", shape: task.graph.inputs[0].shape)],
      nodes: [Node("Relu", name: "relu", inputs: ["x"], outputs: ["y"])], initializers: [])
    let options = PruningOptions(budget: .sparsity(try Sparsity(0.5)))
    #expect(throws: GraphError.nothingPrunable(operations: ["Relu"])) {
      try PruningController(
        engine: ReferenceEngine(), criterion: .criterion(MagnitudeCriterion()), options: options
      ).prune(graph, split: task.split)
    }
  }
}
