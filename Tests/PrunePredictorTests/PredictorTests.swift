import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSupport
import TestSupport
import Testing

@Suite struct PredictorTests {
  private func table(seed: UInt64 = 1, counts: [Int] = [700, 45]) -> FeatureTable {
    var generator = SeededGenerator(seed: seed)
    return FeatureTable(
      names: ["unused", "log-magnitude", "row-rank", "depth"],
      layers: counts.enumerated().map { index, count in
        LayerFeatures(
          layer: PrunableLayer(
            name: "layer \(index)", kind: .linear, parameter: "w\(index)", shape: [1, count],
            layout: WeightLayout(outputs: 1, inputs: count), nodes: [index]),
          columns: [
            [Float](repeating: 99, count: count),
            (0..<count).map { _ in Float(generator.uniform() * 4 - 3) },
            (0..<count).map { _ in Float(generator.uniform() * 2 - 1) },
            [Float](repeating: Float(index), count: count),
          ])
      })
  }

  private var basis: FeatureBasis {
    FeatureBasis.products(
      of: ["log-magnitude", "row-rank", "depth"], withContext: ["depth"], hasIntercept: true
    ).standardized(on: [table()])
  }

  private func predictor(seed: UInt64 = 2) -> LogisticPredictor {
    var generator = SeededGenerator(seed: seed)
    return LogisticPredictor(
      basis: basis, coefficients: basis.terms.map { _ in generator.uniform() * 2 - 1 })
  }

  @Test("scores agree with the sum over terms, and explanations add up to them")
  func agreesWithDefinition() {
    let (table, predictor) = (table(), predictor())
    for density in [0.5, 0.1, 0.02] {
      let scores = predictor.scores(for: table, targetDensity: density)
      let columns = basis.designColumns(
        of: table, weights: [[0, 511, 512, 699], [44]], targetDensity: density)
      let rows = [(0, 0), (0, 511), (0, 512), (0, 699), (1, 44)]
      for (row, place) in rows.enumerated() {
        let sum = zip(predictor.coefficients, columns).reduce(0) { $0 + $1.0 * Double($1.1[row]) }
        #expect(abs(Double(scores[place.0][place.1]) - sum) < 1e-4)
        let explanation = predictor.explanation(
          of: place.1, inLayer: place.0, of: table, targetDensity: density)
        let total = explanation.contributions.reduce(explanation.intercept) { $0 + $1.contribution }
        #expect(abs(total - sum) < 1e-4)
        #expect(abs(explanation.score - sum) < 1e-4)
      }
    }
  }

  @Test("the target density changes the criterion")
  func dependsOnDensity() {
    let (table, predictor) = (table(), predictor())
    let scores = [0.5, 0.02].map { predictor.scores(for: table, targetDensity: $0)[0] }
    let best = scores.map { layer in layer.indices.max { layer[$0] < layer[$1] } }
    #expect(scores[0] != scores[1])
    #expect(best[0] != nil)
  }

  @Test("importance ranks as the scores do")
  func importanceIsMonotone() {
    let (table, predictor) = (table(), predictor())
    let scores = predictor.scores(for: table, targetDensity: 0.1)[1]
    let importance = predictor.importance(for: table, targetDensity: 0.1)[1]
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let isSorted = zip(order, order.dropFirst()).allSatisfy { importance[$0] <= importance[$1] }
    #expect(isSorted)
  }

  @Test("the gradient carried back to θ is the transpose of scoring")
  func pullbackIsTranspose() {
    let table = table(counts: [40_000, 45])
    var generator = SeededGenerator(seed: 5)
    let upstream = [40_000, 45].map { count in
      (0..<count).map { _ in Float(generator.uniform() - 0.5) }
    }
    let tree = SplitTree(
      featureNames: ["row-rank"],
      nodes: [.init(feature: 0, threshold: 0, left: 1, right: 2), .leaf, .leaf])
    let predictors: [any TrainablePredictor] = [
      predictor(),
      LogisticModelTreePredictor(
        tree: tree, basis: basis,
        leafCoefficients: [predictor(seed: 3).coefficients, predictor(seed: 4).coefficients]),
      DecisionTreePredictor(tree: tree, leafScores: [1, -0.5]),
    ]
    for predictor in predictors {
      let scorer = predictor.scorer(for: table)
      let scores = scorer.scores(predictor.parameters, targetDensity: 0.1)
      let gradient = scorer.parameterGradient(upstream, targetDensity: 0.1)
      let forward = zip(scores.joined(), upstream.joined()).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
      let backward = zip(gradient, predictor.parameters).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(forward - backward) < 1e-3 * max(1, abs(forward)))
    }
  }

  @Test("scores computed run by run are those of the table", .tags(.property))
  func streams() {
    let table = table(counts: [9_000, 45])
    let tree = SplitTree(
      featureNames: ["row-rank"],
      nodes: [
        .init(feature: 0, threshold: 0, left: 1, right: 2),
        .init(feature: 1, threshold: 0.3, left: 3, right: 4), .leaf, .leaf, .leaf,
      ])
    var sparse = predictor()
    for index in sparse.coefficients.indices where index % 3 > 0 { sparse.coefficients[index] = 0 }
    let predictors: [any ImportancePredictor] = [
      predictor(), sparse, DecisionTreePredictor(tree: tree, leafScores: [1, -0.5, 3]),
      LogisticModelTreePredictor(
        tree: tree, basis: basis,
        leafCoefficients: (3...5).map { predictor(seed: $0).coefficients }),
    ]
    for predictor in predictors {
      for density in [0.5, 0.02] {
        let expected = predictor.scores(for: table, targetDensity: density)
        let scores = predictor.scores(from: table, targetDensity: density)
        for (own, other) in zip(scores, expected) {
          #expect(own.isClose(to: other, absolute: 1e-4), "\(predictor.kind)")
        }
      }
    }
  }

  @Test("hostile feature values give finite scores")
  func survivesOutliers() {
    var layers = table().layers
    layers[0].columns[1][3] = .nan
    layers[0].columns[1][4] = .infinity
    layers[0].columns[2][5] = -.greatestFiniteMagnitude
    let table = FeatureTable(names: table().names, layers: layers)
    let scores = predictor().scores(for: table, targetDensity: 0.1)
    let isFinite = scores.joined().allSatisfy { $0.isFinite }
    #expect(isFinite)
  }

  @Test("a tree follows its thresholds and explains its path")
  func followsTree() {
    let tree = SplitTree(
      featureNames: ["depth"],
      nodes: [
        .init(feature: 0, threshold: 0.5, left: 1, right: 2),
        .init(feature: 1, threshold: 0, left: 3, right: 4), .leaf, .leaf, .leaf,
      ])
    let predictor = DecisionTreePredictor(tree: tree, leafScores: [10, 20, 30])
    let table = table()
    let dense = predictor.scores(for: table, targetDensity: 0.5)
    let sparse = predictor.scores(for: table, targetDensity: 0.01)
    #expect(dense[0].allSatisfy { $0 == 20 })
    #expect(sparse[0].allSatisfy { $0 == 30 })
    #expect(dense[1].allSatisfy { $0 == 10 })
    let explanation = predictor.explanation(of: 0, inLayer: 0, of: table, targetDensity: 0.01)
    #expect(explanation.path.count == 2)
    #expect(explanation.path[0] == "depth = 0.0 < 0.5")
    #expect(explanation.score == 30)
  }
}
