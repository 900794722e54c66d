import PruneCore
import PruneFeatures
import PruneSupport
import TestSupport
import Testing

@Suite("Saliency in the optimizer's metric")
struct AdamMetricCriterionTests {
  private func scores(weights: [Float], secondMoments: [Float]) -> [Float] {
    var statistics = LayerStatistics()
    statistics.secondMoment = secondMoments
    let layer = PrunableLayer(
      name: "fc", kind: .linear, parameter: "w", shape: [1, weights.count],
      layout: WeightLayout(outputs: 1, inputs: weights.count), nodes: [])
    return AdamMetricCriterion().saliency(
      of: layer, weights: weights, statistics: statistics, seed: 0)
  }

  @Test("keeps the nearest sparse point in Adam's metric, found by trying every support")
  func nearest() {
    var generator = SeededGenerator(seed: 4, stream: "weights")
    for kept in 1...7 {
      let weights = (0..<8).map { _ in Float(generator.uniform() * 2 - 1) }
      let moments = (0..<8).map { _ in Float(generator.uniform()) }
      var best: (cost: Float, support: Int)?
      for support in 0..<256 where support.nonzeroBitCount == kept {
        var cost: Float = 0
        for index in 0..<8 where support & (1 << index) == 0 {
          cost += 0.5 * moments[index].squareRoot() * weights[index] * weights[index]
        }
        if cost < best?.cost ?? .infinity { best = (cost, support) }
      }
      let scores = self.scores(weights: weights, secondMoments: moments)
      let mask = Mask(keeping: kept, of: scores)
      #expect(
        mask.kept.indices.allSatisfy { mask.kept[$0] == ((best?.support ?? 0) >> $0 & 1 == 1) })
    }
  }

  @Test("without moments the larger weight stays, and connections without gradient go first")
  func extremes() {
    #expect(scores(weights: [-3, 2], secondMoments: []) == [9, 4])
    #expect(scores(weights: [-3, 2], secondMoments: [1]) == [9, 4])
    let scores = self.scores(
      weights: [5, 3, 0.01, 0], secondMoments: [0, 0, 1e-12, 1])
    #expect(scores[2] > scores[0] && scores[0] > scores[1] && scores[1] > scores[3])
    #expect(scores.allSatisfy { $0.isFinite && $0 >= 0 })
  }
}
