import PruneCore
import PruneFeatures
import TestSupport
import Testing

@testable import PruneCompensation

@Suite("Fisher compensation")
struct FisherSystemTests {
  @Test("equals the update by a dense inverse, in one layer or in two", .tags(.golden))
  func golden() throws {
    let reference = try CompensationGolden.load().fisher
    let count = reference.weights.count
    for cut in [count, 11] {
      var system = FisherSystem(rows: reference.rows)
      var corrections: [(gradients: [Float], kept: Mask)] = []
      for range in [0..<cut, cut..<count] where !range.isEmpty {
        let gradients = (0..<reference.rows).flatMap { row in
          range.map { reference.gradients[row * count + $0] }
        }
        let kept = Mask(Array(reference.kept[range]))
        system.add(gradients: gradients, weights: Array(reference.weights[range]), kept: kept)
        corrections.append((gradients, kept))
      }
      let coefficients = try #require(system.coefficients(ridge: reference.ridge))
      let update = corrections.flatMap {
        FisherSystem.correction(of: $0.gradients, coefficients: coefficients, kept: $0.kept).weights
      }
      #expect(update.isClose(to: reference.correction, absolute: 1e-4))
    }
  }

  @Test("changes nothing where nothing is removed")
  func nothingRemoved() throws {
    let reference = try CompensationGolden.load().fisher
    let kept = Mask(keepingAll: reference.weights.count)
    var system = FisherSystem(rows: reference.rows)
    system.add(gradients: reference.gradients, weights: reference.weights, kept: kept)
    let coefficients = try #require(system.coefficients(ridge: 0.1))
    #expect(
      FisherSystem.correction(of: reference.gradients, coefficients: coefficients, kept: kept)
        .isZero)
  }

  @Test("has no solution for gradients that are zero or not finite", arguments: [0, Float.nan])
  func unsolvable(_ value: Float) {
    var system = FisherSystem(rows: 2)
    system.add(
      gradients: [value, value, value, value], weights: [1, 2], kept: Mask([true, false]))
    #expect(system.coefficients(ridge: 0.1) == nil)
  }
}

@Suite("Recoverable saliency")
struct RecoverableCriterionTests {
  private func scores(
    _ layer: PrunableLayer, _ weights: [Float], _ statistics: LayerStatistics, kept: Mask?
  ) -> [Float] {
    RecoverableCriterion().saliencies(
      of: NetworkState(
        layers: [layer], weights: [weights], masks: [kept], statistics: [statistics]), seed: 0)[0]
  }

  @Test("equals the formula with dense inverses", .tags(.golden))
  func golden() throws {
    let reference = try CompensationGolden.load().saliency
    let layer = TinyModels.mlp([reference.inputs, reference.outputs]).prunableLayers()[0]
    var statistics = LayerStatistics()
    statistics.examples = reference.examples
    statistics.positions = reference.examples
    statistics.inputGram = reference.gram
    statistics.gradientSquareSum = reference.gradientSquareSum
    let scores = self.scores(
      layer, reference.weights, statistics, kept: Mask(reference.kept))
    #expect(scores.isClose(to: reference.scores, relative: 1e-3))
  }

  @Test("is the diagonal Fisher saliency without a Gram matrix")
  func diagonal() {
    let layer = TinyModels.mlp([2, 1]).prunableLayers()[0]
    var statistics = LayerStatistics()
    statistics.examples = 4
    statistics.gradientSquareSum = [8, 2]
    #expect(
      scores(layer, [3, 5], statistics, kept: nil) == [9, 6.25])
  }
}
