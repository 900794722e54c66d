import PruneCore
import Testing

@testable import TorchBackend

@Suite("Training", .serialized)
struct TrainingTests {
  private let step = TrainingStep(
    objective: .crossEntropy(labelSmoothing: 0.05), learningRate: 0.05, weightDecay: 1e-3, seed: 5)

  private static func dropoutGraph() -> Graph {
    var graph = SmallGraphs.perceptron()
    graph.nodes[2].inputs[0] = "d"
    graph.nodes.insert(Node("Dropout", inputs: ["a"], outputs: ["d"]), at: 2)
    return graph
  }

  private func trained(_ graph: Graph, shape: [Int], steps: Int) throws -> [String: HostTensor] {
    let engine = try TorchEngine(threads: 2)
    let program = try engine.prepare(graph)
    for index in 0..<steps {
      var step = step
      step.seed = UInt64(index)
      _ = try engine.train(program, on: SmallGraphs.batch(shape), step: step)
    }
    return try engine.parameters(of: program)
  }

  @Test("gives identical bytes for the same seed, dropout included")
  func reproducible() throws {
    let first = try trained(Self.dropoutGraph(), shape: [16, 6], steps: 8)
    let second = try trained(Self.dropoutGraph(), shape: [16, 6], steps: 8)
    #expect(first == second)
  }

  @Test("lowers the loss of a convolutional network exported for one example")
  func learns() throws {
    let engine = try TorchEngine(threads: 2)
    let program = try engine.prepare(SmallGraphs.fixedConvolution(softmax: true))
    let batch = SmallGraphs.batch([12, 2, 6, 5])
    let first = try engine.train(program, on: batch, step: step)
    var last = first
    for _ in 0..<40 { last = try engine.train(program, on: batch, step: step) }
    #expect(last < first * 0.5)
    guard case .whole = program.batching else {
      Issue.record("no real batches: \(String(describing: program.batching))")
      return
    }
  }

  @Test("keeps masked weights at zero through momentum and weight decay", arguments: [true, false])
  func masks(_ usesMomentum: Bool) throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron())
    let batch = SmallGraphs.batch([16, 6])
    var step = step
    step.optimizer = usesMomentum ? .momentum : .standardAdam
    for _ in 0..<3 { _ = try engine.train(program, on: batch, step: step) }
    let kept = (0..<30).map { $0 % 3 == 0 }
    try engine.setMasks(["w1": kept], of: program)
    for _ in 0..<5 {
      let weights = try #require(try engine.parameters(of: program)["w1"]?.floats)
      #expect(zip(weights, kept).allSatisfy { $1 || $0 == 0 })
      #expect(zip(weights, kept).contains { $1 && $0 != 0 })
      _ = try engine.train(program, on: batch, step: step)
    }
  }

  @Test("continues exactly from saved parameters and optimizer state")
  func resume() throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron())
    let batch = SmallGraphs.batch([16, 6])
    var step = step
    step.optimizer = .standardAdamW
    for _ in 0..<3 { _ = try engine.train(program, on: batch, step: step) }
    let parameters = try engine.parameters(of: program)
    let state = try engine.optimizerState(of: program)
    for _ in 0..<3 { _ = try engine.train(program, on: batch, step: step) }
    let other = try engine.prepare(SmallGraphs.perceptron())
    try engine.setParameters(parameters, of: other)
    try engine.setOptimizerState(state, of: other)
    #expect(try engine.optimizerState(of: other) == state)
    for _ in 0..<3 { _ = try engine.train(other, on: batch, step: step) }
    #expect(try engine.parameters(of: other) == engine.parameters(of: program))
  }

  @Test("re-estimates running statistics as averages over the batches")
  func reestimation() throws {
    let engine = try TorchEngine(threads: 1, precision: .float64)
    var graph = SmallGraphs.fixedConvolution()
    graph.nodes[0] = Node("Identity", inputs: ["x"], outputs: ["c"])
    graph.nodes[0].outputs = ["c"]
    graph.inputs[0] = ValueInfo(name: "x", shape: [.fixed(1), .fixed(4), .fixed(3), .fixed(5)])
    let program = try engine.prepare(graph)
    let batches = [1, 2].map { SmallGraphs.batch([6, 4, 3, 5], seed: $0).inputs }
    try engine.reestimateNormalization(of: program, on: batches)
    let mean = try #require(try engine.parameters(of: program)["m"]?.floats)
    for channel in 0..<4 {
      var sum = 0.0
      for batch in batches {
        let values = try #require(batch[0].floats)
        for example in 0..<6 {
          for position in 0..<15 { sum += Double(values[(example * 4 + channel) * 15 + position]) }
        }
      }
      #expect(abs(Double(mean[channel]) - sum / 180) < 1e-6)
    }
  }
}
