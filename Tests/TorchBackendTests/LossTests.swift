import PruneCore
import Testing

@testable import TorchBackend

@Suite("Losses", .serialized)
struct LossTests {
  private let engine: TorchEngine

  init() throws { engine = try TorchEngine(threads: 1) }

  private func loss(_ graph: Graph, _ batch: Batch, _ objective: Objective) throws -> Double {
    let program = try engine.prepare(graph)
    return try engine.gradients(of: program, on: batch, objective: objective, for: []).loss
  }

  @Test("take the input of a final softmax as logits")
  func softmax() throws {
    let batch = SmallGraphs.batch([6, 2, 6, 5])
    for objective: Objective in [
      .crossEntropy(labelSmoothing: 0.1), .crossEntropy(labelSmoothing: 0),
    ] {
      let bare = try loss(SmallGraphs.fixedConvolution(), batch, objective)
      let wrapped = try loss(SmallGraphs.fixedConvolution(softmax: true), batch, objective)
      #expect(abs(bare - wrapped) < 1e-6)
    }
  }

  @Test("of distillation vanish where student and teacher agree", arguments: [false, true])
  func distillation(_ softmax: Bool) throws {
    let graph = SmallGraphs.fixedConvolution(softmax: softmax)
    var batch = SmallGraphs.batch([6, 2, 6, 5])
    let objective = Objective.distillation(temperature: 3, labelWeight: 0)
    batch.teacher = try engine.run(engine.prepare(graph), on: batch.inputs)
    #expect(abs(try loss(graph, batch, objective)) < 1e-5)
    batch.teacher = [.zeros([6, 3])].map { softmax ? $0.filled(1 / 3) : $0 }
    let uniform = try loss(graph, batch, objective)
    #expect(uniform > 1e-3)
    let labelled = try loss(graph, batch, .distillation(temperature: 3, labelWeight: 0.5))
    let entropy = try loss(graph, batch, .crossEntropy(labelSmoothing: 0))
    #expect(abs(labelled - uniform - entropy / 2) < 1e-5)
  }

  @Test("of values are mean squares")
  func meanSquares() throws {
    let graph = SmallGraphs.perceptron()
    var batch = SmallGraphs.batch([4, 6])
    let output = try engine.run(engine.prepare(graph), on: batch.inputs)[0]
    let values = try #require(output.floats)
    batch.targets = .values(.zeros([4, 3]))
    let expected = values.reduce(0) { $0 + Double($1) * Double($1) } / 12
    #expect(abs(try loss(graph, batch, .meanSquaredError) - expected) < 1e-6)
    batch.targets = .none
    batch.teacher = [output]
    #expect(try loss(graph, batch, .meanSquaredError) == 0)
  }

  @Test("of sequences average over positions")
  func sequences() throws {
    var graph = SmallGraphs.sequence()
    graph.nodes.removeLast()
    graph.outputs[0].name = "z"
    var batch = SmallGraphs.batch([2, 4, 3])
    batch.targets = .labels([0, 1, 2, 0, 1, 2, 0, 1])
    let whole = try loss(graph, batch, .crossEntropy(labelSmoothing: 0))
    let parts = try (0..<2).map {
      try loss(graph, batch.examples([$0]), .crossEntropy(labelSmoothing: 0))
    }
    #expect(abs(whole - (parts[0] + parts[1]) / 2) < 1e-6)
  }

  @Test("in bfloat16 stay near those in float32")
  func brainFloat() throws {
    let batch = SmallGraphs.batch([6, 2, 6, 5])
    let objective = Objective.crossEntropy(labelSmoothing: 0)
    let exact = try loss(SmallGraphs.fixedConvolution(), batch, objective)
    let reduced = try TorchEngine(threads: 1, precision: .bfloat16)
    let program = try reduced.prepare(SmallGraphs.fixedConvolution())
    let step = TrainingStep(objective: objective, learningRate: 0.05)
    let found = try reduced.gradients(of: program, on: batch, objective: objective, for: ["k"])
    #expect(abs(found.loss - exact) < 0.05 * exact)
    #expect(found.gradients["k"]?.floats?.contains { $0 != 0 } ?? false)
    let first = try reduced.train(program, on: batch, step: step)
    for _ in 0..<20 { _ = try reduced.train(program, on: batch, step: step) }
    #expect(try reduced.train(program, on: batch, step: step) < first)
  }
}

extension HostTensor {
  fileprivate func filled(_ value: Float) -> HostTensor {
    HostTensor([Float](repeating: value, count: count), shape: shape)
  }
}
