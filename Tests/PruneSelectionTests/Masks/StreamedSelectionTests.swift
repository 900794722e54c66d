import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSupport
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Selection of scores while they are computed")
struct StreamedSelectionTests {
  /// Scores that are there already.
  private struct StoredScores: ChunkScorer {
    var scores: [[Float]]

    func score(layer: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) {
      for index in range { target[index - range.lowerBound] = scores[layer][index] }
    }
  }

  private let layers = [20_000, 300, 9_000].enumerated().map { index, count in
    PrunableLayer(
      name: "layer \(index)", kind: .linear, parameter: "w\(index)", shape: [1, count],
      layout: WeightLayout(outputs: 1, inputs: count), nodes: [index])
  }

  /// - Parameter levels: distinct values; few make many ties.
  private func scores(seed: UInt64, levels: Double) -> [[Float]] {
    var generator = SeededGenerator(seed: seed)
    return layers.map { layer in
      let shift = Float(generator.uniform() * 3)
      return (0..<layer.count).map { _ in
        Float((generator.uniform() * generator.uniform() * levels).rounded() / levels) - shift
      }
    }
  }

  @Test(
    "is that of all scores sorted, with ties, removed connections and starved layers",
    .tags(.property), arguments: [7.0, 200, 1e6], [0.001, 0.1, 0.5, 1])
  func agrees(levels: Double, density: Double) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let scores = scores(seed: seed, levels: levels)
      var generator = SeededGenerator(seed: seed, stream: "masks")
      let masks: [Mask?] = [
        nil, nil, Mask((0..<layers[2].count).map { _ in generator.uniform() < 0.7 }),
      ]
      let expected = try Selection.masks(
        keeping: density, scores: scores, layers: layers, current: masks)
      for sampleSize in [500, 1 << 19] {
        let streamed = try StreamedSelection(
          layers: layers, current: masks, scorer: StoredScores(scores: scores),
          sampleSize: sampleSize
        ).masks(keeping: density)
        #expect(streamed == expected, "seed \(seed), sample \(sampleSize)")
      }
    }
  }

  @Test("a sample that says nothing of the rest costs a second pass, not the result")
  func misleadingSample() throws {
    var scores = layers.map { [Float](repeating: 0, count: $0.count) }
    for index in scores[0].indices { scores[0][index] = index % 5_120 < 512 ? 5 : Float(index) }
    let expected = try Selection.masks(keeping: 0.2, scores: scores, layers: layers)
    let streamed = try StreamedSelection(
      layers: layers, current: [nil, nil, nil], scorer: StoredScores(scores: scores),
      sampleSize: 2_930
    ).masks(keeping: 0.2)
    #expect(streamed == expected)
  }

  @Test("refuses NaN and densities that leave layers empty")
  func refuses() {
    var scores = scores(seed: 1, levels: 100)
    func selection() -> StreamedSelection {
      StreamedSelection(
        layers: layers, current: [nil, nil, nil], scorer: StoredScores(scores: scores))
    }
    #expect(throws: SelectionError.densityOutOfRange(0)) { try selection().masks(keeping: 0) }
    #expect(throws: SelectionError.tooFew(asked: 1, needed: 3, layer: "layer 0")) {
      try selection().masks(keeping: 0.00005)
    }
    scores[1][17] = .nan
    #expect(throws: SelectionError.notANumber(layer: "layer 1", index: 17)) {
      try selection().masks(keeping: 0.5)
    }
  }
}
