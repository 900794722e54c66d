import PruneCore
import Testing

@testable import TorchBackend

@Suite("Statistics", .serialized)
struct StatisticsTests {
  private static let all: StatisticKinds = [
    .gradient, .gradientMoments, .inputs, .outputs, .inputGram,
  ]

  enum Network: CaseIterable {
    case perceptron, convolution, groupedConvolution, sequence

    var graph: Graph {
      switch self {
      case .perceptron: SmallGraphs.perceptron()
      case .convolution: SmallGraphs.fixedConvolution()
      case .groupedConvolution: SmallGraphs.fixedConvolution(groups: 2)
      case .sequence: SmallGraphs.sequence()
      }
    }

    var batch: Batch {
      switch self {
      case .perceptron: SmallGraphs.batch([5, 6])
      case .convolution, .groupedConvolution: SmallGraphs.batch([5, 2, 6, 5])
      case .sequence: SmallGraphs.batch([5, 4, 3])
      }
    }
  }

  private func statistics(
    _ network: Network, plain: Bool = false, batches: [Batch]? = nil
  ) throws -> [LayerStatistics] {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(network.graph)
    let layers = network.graph.prunableLayers()
    var result = layers.map { _ in LayerStatistics() }
    for batch in batches ?? [network.batch] {
      try engine.accumulate(
        Self.all, for: layers, of: program, on: batch,
        objective: .crossEntropy(labelSmoothing: 0), plain: plain, into: &result)
    }
    return result
  }

  @Test("of squared gradients equal one backward pass per example", arguments: Network.allCases)
  func moments(_ network: Network) throws {
    let fast = try statistics(network)
    let plain = try statistics(network, plain: true)
    #expect(fast.count == 2)
    for (left, right) in zip(fast, plain) {
      #expect(left.gradientSquareSum.contains { $0 != 0 })
      #expect(left.gradientSquareSum.isClose(to: right.gradientSquareSum, relative: 1e-4))
      #expect(left.gradientAbsoluteSum.isClose(to: right.gradientAbsoluteSum, relative: 1e-4))
    }
  }

  @Test("of a batch equal those of its examples", arguments: Network.allCases)
  func additivity(_ network: Network) throws {
    let together = try statistics(network)
    let apart = try statistics(
      network, batches: (0..<5).map { network.batch.examples([$0]) })
    for (left, right) in zip(together, apart) {
      #expect(left.examples == 5 && right.examples == 5)
      #expect(left.positions == right.positions)
      for path in Self.paths {
        #expect(!left[keyPath: path].isEmpty)
        #expect(left[keyPath: path].isClose(to: right[keyPath: path], relative: 1e-4), "\(path)")
      }
    }
  }

  private static var paths: [KeyPath<LayerStatistics, [Float]>] {
    [
      \.gradientSum, \.gradientSquareSum, \.gradientAbsoluteSum, \.inputSum, \.inputSquareSum,
      \.outputSum, \.outputSquareSum, \.activationAbsoluteSum, \.activationZeroCount, \.inputGram,
    ]
  }

  @Test("of inputs and outputs equal sums by hand")
  func sums() throws {
    let graph = SmallGraphs.perceptron()
    let batch = SmallGraphs.batch([5, 6])
    let statistics = try statistics(.perceptron)
    let x = try #require(batch.inputs[0].floats)
    let weight = try #require(graph.parameter(named: "w1")?.floats)
    let bias = try #require(graph.parameter(named: "b1")?.floats)
    for input in 0..<6 {
      let sum = (0..<5).reduce(Float(0)) { $0 + x[$1 * 6 + input] }
      #expect(abs(statistics[0].inputSum[input] - sum) < 1e-5)
    }
    for output in 0..<5 {
      let hidden = (0..<5).map { example in
        (0..<6).reduce(bias[output]) { $0 + x[example * 6 + $1] * weight[output * 6 + $1] }
      }
      #expect(abs(statistics[0].outputSum[output] - hidden.reduce(0, +)) < 1e-4)
      #expect(statistics[0].activationZeroCount[output] == Float(hidden.count { $0 <= 0 }))
      let active = hidden.reduce(0) { $0 + max($1, 0) }
      #expect(abs(statistics[0].activationAbsoluteSum[output] - active) < 1e-4)
    }
    #expect(statistics[0].inputGram.count == 36)
    #expect(statistics[0].inputGram[0].isFinite && statistics[0].inputGram[0] > 0)
  }

  @Test("of gradients equal the gradient times the number of examples", arguments: Network.allCases)
  func gradientSums(_ network: Network) throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(network.graph)
    let layers = network.graph.prunableLayers()
    let gradients = try engine.gradients(
      of: program, on: network.batch, objective: .crossEntropy(labelSmoothing: 0),
      for: layers.map(\.parameter)
    ).gradients
    for (layer, sums) in zip(layers, try statistics(network)) {
      let mean = try #require(gradients[layer.parameter]?.floats)
      #expect(sums.gradientSum.isClose(to: mean.map { $0 * 5 }, relative: 1e-4))
    }
  }
}
