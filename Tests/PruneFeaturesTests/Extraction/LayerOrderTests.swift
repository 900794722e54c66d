import PruneCore
import PruneSupport
import TestSupport
import Testing

@testable import PruneFeatures

@Suite("Ranks by counting")
struct LayerOrderTests {
  private func basis(isInputMajor: Bool, hasMask: Bool) -> (NetworkBasis, DrawnLayer) {
    let drawn = DrawnLayer(seed: 9, outputs: 30, inputs: 70, isInputMajor: isInputMajor)
    var generator = SeededGenerator(seed: 1)
    let mask = hasMask ? Mask(drawn.weights.map { _ in generator.uniform() < 0.5 }) : nil
    let state = NetworkState(layers: [drawn.layer], weights: [drawn.weights], masks: [mask])
    return (NetworkBasis(state, quantities: [.magnitude]), drawn)
  }

  private func values(
    _ basis: NetworkBasis, _ write: (WeightChunk, UnsafeMutableBufferPointer<Float>) -> Bool
  ) -> [Float] {
    let range = 0..<basis.state.layers[0].count
    let chunk = WeightChunk(basis: basis, layer: 0, range: range)
    var result = [Float](repeating: 0, count: range.count)
    result.withUnsafeMutableBufferPointer { _ = write(chunk, $0) }
    return result.indices.map { basis.state.masks[0]?.kept[$0] ?? true ? result[$0] : 0 }
  }

  @Test("agrees with sorting to the width of a bin", .tags(.property), arguments: [false, true])
  func layerRanks(_ hasMask: Bool) {
    let (basis, _) = basis(isInputMajor: false, hasMask: hasMask)
    let sorted = LayerOrder(basis, layer: 0)
    let counted = LayerOrder(basis, layer: 0, exactLimit: 0)
    let ranks = values(basis, sorted.writeLogits)
    // A bin of the largest weights holds two or three of them: the middle of their ranks differs.
    #expect(values(basis, counted.writeLogits).isClose(to: ranks, absolute: 0.8))
    let inner = ranks.indices.filter { abs(ranks[$0]) < 3 }
    let countedRanks = values(basis, counted.writeLogits)
    #expect(inner.map { countedRanks[$0] }.isClose(to: inner.map { ranks[$0] }, absolute: 0.05))
    let tails = values(basis) { sorted.writeTailLogarithms($0, times: 1, into: $1) }
    let countedTails = values(basis) { counted.writeTailLogarithms($0, times: 1, into: $1) }
    #expect(countedTails.isClose(to: tails, absolute: 0.7))
  }

  @Test("agrees with sorting along rows and columns", .tags(.property), arguments: [false, true])
  func lineRanks(_ isInputMajor: Bool) {
    let (basis, _) = basis(isInputMajor: isInputMajor, hasMask: true)
    let order = LayerOrder(basis, layer: 0, exactLimit: 0)
    for lines in [LineRanks.Lines.outputs, .inputs] {
      let sorted = LineRanks(basis, layer: 0, lines: lines, order: order)
      let counted = LineRanks(basis, layer: 0, lines: lines, order: order, exactLimit: 0)
      let (ranks, countedRanks) = (
        values(basis, sorted.writeLogits), values(basis, counted.writeLogits)
      )
      let differences = ranks.indices.map { abs(ranks[$0] - countedRanks[$0]) }
      #expect(differences.reduce(0, +) / Float(differences.count) < 0.05)
      #expect((differences.max() ?? 0) < 1.2)
    }
  }

  @Test("logarithms are right to single precision", .tags(.property))
  func logarithm() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let exponent = Int(generator.uniform() * 200) - 100
      let value = Float(
        sign: .plus, exponent: exponent, significand: Float(1 + generator.uniform()))
      let expected = referenceLogarithm(Double(value))
      let got = Double(FastLogarithm.ln(value))
      #expect(isClose(got, expected, absolute: 2e-7, relative: 3e-7))
    }
    #expect(FastLogarithm.ln(1) == 0)
  }

  /// Without a mathematics library: twenty square roots bring the mantissa so near 1 that three terms
  /// of the series are enough.
  private func referenceLogarithm(_ x: Double) -> Double {
    var root = Double(sign: .plus, exponent: 0, significand: x.significand)
    for _ in 0..<20 { root = root.squareRoot() }
    let small = root - 1
    let series = small - small * small / 2 + small * small * small / 3
    return series * 0x1p20 + Double(x.exponent) * 0.693_147_180_559_945_3
  }
}
