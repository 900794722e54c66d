import AutoPrune
import PruneCore
import TestSupport
import Testing

@Suite("Explaining masks")
struct ExplainTests {
  private func model() throws -> (graph: Graph, examples: ExampleSet) {
    let engine = ReferenceEngine()
    let batch = TinyModels.clusters(count: 160, features: 6, classes: 4, spread: 0.6)
    var graph = TinyModels.mlp([6, 14, 10, 4])
    let program = try engine.prepare(graph)
    for step in 0..<40 {
      _ = try engine.train(
        program, on: batch,
        step: TrainingStep(
          objective: .crossEntropy(labelSmoothing: 0), learningRate: 0.05, seed: UInt64(step)))
    }
    try graph.setParameters(try engine.parameters(of: program))
    return (
      graph, try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters")
    )
  }

  private func pruner(_ criterion: CriterionChoice? = nil) throws -> AutoPruner<ReferenceEngine> {
    AutoPruner(
      engine: ReferenceEngine(),
      predictor: criterion ?? .fixed(.predictor(LogisticPredictor.prior, name: "prior")))
  }

  @Test("a weight's parts add up to its score, and every layer is told about")
  func adds() async throws {
    let (graph, examples) = try model()
    let explanation = try await pruner().explain(
      graph, on: examples, masks: .selected(try Sparsity(0.7)), layer: "0", index: [3, 2])
    let weight = try #require(explanation.weight)
    let sum = weight.contributions.reduce(weight.intercept) { $0 + $1.contribution }
    #expect(abs(sum - weight.score) < 1e-9)
    #expect((0...1).contains(weight.importance))
    #expect((0...1).contains(weight.rankInLayer) && (0...1).contains(weight.rankOverall))
    let layer = try #require(graph.prunableLayers().first)
    #expect(explanation.layers.map(\.name) == [layer.name])
    let stored = graph.parameters()[layer.parameter]?.floats
    #expect(weight.value == Double(stored?[3 * layer.shape[1] + 2] ?? .nan))
    #expect(abs(explanation.sparsity - 0.7) < 0.01)
    let all = try await pruner().explain(
      graph, on: examples, masks: .selected(try Sparsity(0.7)))
    #expect(all.layers.count == 3 && all.weight == nil)
    let influence = all.layers.flatMap(\.influences).first { $0.feature == "log-lamp" }
    #expect((influence?.separation ?? 0) > 0)
  }

  @Test("the zeros of a pruned network are what is explained")
  func pruned() async throws {
    let (graph, examples) = try model()
    let layer = try #require(graph.prunableLayers().first)
    var small = graph
    var weights = try #require(graph.parameters()[layer.parameter]?.floats)
    for index in weights.indices where index % 3 != 0 { weights[index] = 0 }
    try small.setParameters([layer.parameter: HostTensor(weights, shape: layer.shape)])
    let explanation = try await pruner().explain(
      graph, on: examples, masks: .of(pruned: small), layer: layer.name, index: [0, 1])
    #expect(explanation.weight?.isKept == false)
    #expect(abs((explanation.layers.first?.sparsity ?? 0) - 2.0 / 3) < 0.01)
    await #expect(throws: ExplanationError.otherNetwork(layer: layer.name)) {
      try await pruner().explain(
        graph, on: examples, masks: .of(pruned: TinyModels.mlp([6, 5, 4])))
    }
  }

  @Test("what cannot be explained is said")
  func refuses() async throws {
    let (graph, examples) = try model()
    let masks = ExplainedMasks.selected(try Sparsity(0.5))
    await #expect(throws: ExplanationError.noPredictor(criterion: "lamp")) {
      try await pruner(.criterion(named: "lamp")).explain(graph, on: examples, masks: masks)
    }
    let unknown = await #expect(throws: ExplanationError.self) {
      try await pruner().explain(graph, on: examples, masks: masks, layer: "fc9")
    }
    #expect(unknown?.description.contains("fc9") == true)
    let outside = await #expect(throws: ExplanationError.self) {
      try await pruner().explain(
        graph, on: examples, masks: masks, layer: "0", index: [3, 99])
    }
    #expect(outside?.description.contains("3,99") == true)
  }
}
