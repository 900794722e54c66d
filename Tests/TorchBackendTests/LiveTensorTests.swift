import CTorch
import PruneCore
import Testing

@testable import TorchBackend

@Suite("Live tensors")
struct LiveTensorTests {
  @Test("return to zero, after errors too", .timeLimit(.minutes(3)))
  func allFreed() async throws {
    try Self.useEverything()
    // Other suites run beside this one; nothing may be left once they rest.
    while ct_live_tensors() != 0 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(ct_live_tensors() == 0)
  }

  private static func useEverything() throws {
    let engine = try TorchEngine(threads: 1)
    let step = TrainingStep(
      objective: .crossEntropy(labelSmoothing: 0), optimizer: .momentum, learningRate: 0.01)
    let convolution = try engine.prepare(SmallGraphs.fixedConvolution())
    _ = try engine.train(convolution, on: SmallGraphs.batch([4, 2, 6, 5]), step: step)
    let program = try engine.prepare(SmallGraphs.perceptron())
    let layers = program.graph.prunableLayers()
    var statistics = layers.map { _ in LayerStatistics() }
    try engine.accumulate(
      [.gradient, .gradientMoments, .inputs, .outputs, .inputGram], for: layers, of: program,
      on: SmallGraphs.batch([5, 6]), objective: .crossEntropy(labelSmoothing: 0),
      into: &statistics)
    let bad = Batch(inputs: [.zeros([5, 6])], targets: .labels([9, 9, 9, 9, 9]))
    #expect(throws: EngineError.self) { try engine.train(program, on: bad, step: step) }
    #expect(throws: EngineError.self) { try engine.run(program, on: [.zeros([5, 7])]) }
  }
}
