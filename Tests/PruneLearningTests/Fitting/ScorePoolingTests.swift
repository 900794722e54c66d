import Foundation
import PruneCore
import PruneSupport
import Testing

@testable import AutoPrune
@testable import PruneLearning

@Suite("Score pooling")
struct ScorePoolingTests {
  private let layer = PrunableLayer(
    name: "fc", kind: .linear, parameter: "fc", shape: [4, 6],
    layout: WeightLayout(outputs: 4, inputs: 6), nodes: [])

  private func scores(_ seed: UInt64) -> [[Float]] {
    var generator = SeededGenerator(seed: seed, stream: "scores")
    return [(0..<24).map { _ in Float(generator.normal()) }]
  }

  @Test("gives a block the logarithm of its mean odds")
  func blocks() throws {
    let scores = scores(1)
    let pooled = try ScorePooling(.block(rows: 2, columns: 3), layers: [layer]).pooled(scores)[0]
    // The block of outputs 2, 3 and inputs 3 … 5.
    let members = [15, 16, 17, 21, 22, 23]
    let mean = members.reduce(0) { $0 + exp(Double(scores[0][$1])) } / 6
    for member in members { #expect(abs(Double(pooled[member]) - log(mean)) < 1e-5) }
  }

  @Test("puts as many of every group above 0 as a pattern keeps")
  func patterns() throws {
    let pattern = try NMPattern(kept: 1, of: 3)
    let pooled = try ScorePooling(.nm(pattern), layers: [layer]).pooled(scores(2))[0]
    for start in stride(from: 0, to: 24, by: 3) {
      #expect(pooled[start..<start + 3].count { $0 > 0 } == 1)
    }
  }

  @Test(
    "carries gradients back as finite differences do",
    arguments: [Granularity.element, .block(rows: 2, columns: 4), .kernel], [1, 2])
  func gradients(_ granularity: Granularity, _ seed: UInt64) throws {
    try check(granularity, seed)
    try check(.nm(try NMPattern(kept: 2, of: 4)), seed)
  }

  private func check(_ granularity: Granularity, _ seed: UInt64) throws {
    let pooling = try ScorePooling(granularity, layers: [layer])
    let (point, direction, weights) = (scores(seed), scores(seed + 10), scores(seed + 20))
    func value(_ step: Float) -> Double {
      let moved = zip(point[0], direction[0]).map { $0 + step * $1 }
      return zip(pooling.pooled([moved])[0], weights[0]).reduce(0) { $0 + Double($1.0 * $1.1) }
    }
    // Linear between changes of order, so that a small step is exact but for rounding.
    let step: Float = 1e-3
    let difference = (value(step) - value(-step)) / Double(2 * step)
    let gradient = pooling.pullback(weights, at: point)[0]
    let slope = zip(gradient, direction[0]).reduce(0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(difference - slope) < 1e-2 * max(1, abs(slope)), "\(granularity)")
  }

  @Test("is refused where whole units are cut out")
  func refused() {
    #expect(throws: (any Error).self) { try ScorePooling(.head, layers: [layer]) }
  }
}
