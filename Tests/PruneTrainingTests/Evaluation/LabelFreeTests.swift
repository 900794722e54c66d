import LoopTestSupport
import PruneController
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import TestSupport
import Testing

@testable import PruneTraining

@Suite("Networks without labels")
struct LabelFreeTests {
  private func meaning(
    _ operation: String, shape: [Int], outputs: Int = 1, hasLabels: Bool = false
  ) -> OutputMeaning {
    let info = { (name: String) in ValueInfo(name: name, shape: shape.map { .fixed($0) }) }
    let graph = Graph(
      name: "echo", inputs: [info("x")], outputs: (0..<outputs).map { info("y\($0)") },
      nodes: (0..<outputs).map {
        Node(operation, name: "echo\($0)", inputs: ["x"], outputs: ["y\($0)"])
      }, initializers: [])
    return OutputMeaning(
      of: graph, kind: OutputKind(of: graph), shape: shape, hasLabels: hasLabels)
  }

  @Test("rows of scores are classes, everything else is values")
  func meanings() {
    #expect(meaning("Relu", shape: [8, 10]) == .classes)
    #expect(meaning("Relu", shape: [8, 10, 1, 1]) == .classes)
    #expect(meaning("Softmax", shape: [8, 7, 10]) == .classes)
    #expect(meaning("Relu", shape: [8, 1]) == .values)
    #expect(meaning("Relu", shape: [8, 7, 10]) == .values)
    #expect(meaning("Relu", shape: [8, 7, 10], hasLabels: true) == .classes)
    #expect(meaning("Relu", shape: [8, 3, 4, 4]) == .values)
    #expect(meaning("Softmax", shape: [8, 3, 4, 4]) == .values)
    #expect(meaning("Sigmoid", shape: [8, 10]) == .values)
    #expect(meaning("Relu", shape: [8, 10], outputs: 2) == .values)
  }

  @Test("the dense network's classes become labels, its values targets with a little noise")
  func selfLabels() throws {
    let engine = ReferenceEngine()
    let examples = try ClusterTask.clusters(60, spread: 0.7, seed: 2).withoutTargets()
    let classifier = TinyModels.mlp([4, 6, 3])
    let labelled = try PseudoLabels(
      graph: classifier, engine: engine, program: try engine.prepare(classifier)
    ).labelled(examples)
    let labels = try #require(labelled.labels)
    let scores =
      try engine.run(
        try engine.prepare(classifier), on: examples.batch(0..<60).inputs)[0].floats ?? []
    for (row, label) in labels.enumerated() {
      #expect(scores[row * 3 + label] == scores[row * 3..<row * 3 + 3].max())
    }

    let regressor = TinyModels.mlp([4, 6, 1])
    let teacher = PseudoLabels(
      graph: regressor, engine: engine, program: try engine.prepare(regressor))
    let exact = try values(try teacher.labelled(examples))
    let noisy = try values(try teacher.labelled(examples, noiseSeed: 1))
    #expect(exact != noisy)
    #expect(noisy == (try values(try teacher.labelled(examples, noiseSeed: 1))))
    let mean = exact.reduce(0, +) / 60
    let spread = exact.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let noise = zip(exact, noisy).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(noise > 0.003 * spread)
    #expect(noise < 0.03 * spread)
    #expect(try teacher.labelled(ClusterTask.clusters(9, spread: 0.7, seed: 2)).labels != nil)
  }

  private func values(_ examples: ExampleSet) throws -> [Float] {
    guard case .values(let tensor) = examples.batch(0..<examples.count).targets else { return [] }
    return try #require(tensor.floats)
  }

  @Test(
    "a regressor without data keeps close to its dense outputs on other inputs",
    arguments: ["fisher", "magnitude"])
  func regressor(_ criterion: String) throws {
    let graph = TinyModels.mlp([4, 16, 1])
    let data = try DataSet.random(for: graph, examples: 3_000, seed: 1)
    let outcome = try PruningController(
      engine: ReferenceEngine(), criterion: .criterion(try SaliencyCriteria.named(criterion)),
      options: PruningOptions(
        budget: .maximumDrop(points: 30), metric: .fidelity, fineTuneEpochs: 2, batchSize: 50)
    ).prune(graph, split: DataSplit(data.train.fitted(to: graph), seed: 0))
    #expect(outcome.isBudgetMet)
    #expect(outcome.sparsity > 0)
    #expect(outcome.certificate?.method == .empiricalBernstein)
    let engine = ReferenceEngine()
    let evaluator = Evaluator<ReferenceEngine>(metric: .fidelity)
    let test = try data.test.fitted(to: graph)
    let fidelity = try evaluator.evaluate(
      try engine.prepare(outcome.graph), of: graph, with: engine, on: test,
      against: try evaluator.references(
        try engine.prepare(graph), of: graph, with: engine, on: test))
    #expect(fidelity.value >= 0.7)
    #expect(fidelity.range == .unitInterval)
  }
}
