import Foundation
import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSupport
import Testing

@Suite struct DecisionTreeFitTests {
  /// Survival depends on a box in two of four columns.
  private func rows(_ count: Int, seed: UInt64) throws -> LabelledRows {
    var generator = SeededGenerator(seed: seed)
    let columns = (0..<4).map { _ in (0..<count).map { _ in Float(generator.uniform()) } }
    let labels = (0..<count).map { row in
      let isInside = columns[0][row] > 0.3 && columns[2][row] < 0.6
      return Float(generator.uniform() < (isInside ? 0.9 : 0.1) ? 1 : 0)
    }
    return try LabelledRows(
      columns: columns, labels: labels, groups: (0..<count).map { "family \($0 % 5)" })
  }

  private let names = ["log-magnitude", "row-rank", "depth"]

  private func table(of rows: LabelledRows) -> FeatureTable {
    FeatureTable(
      names: names,
      layers: [
        LayerFeatures(
          layer: PrunableLayer(
            name: "layer", kind: .linear, parameter: "w", shape: [1, rows.count],
            layout: WeightLayout(outputs: 1, inputs: rows.count), nodes: [0]),
          columns: Array(rows.columns.prefix(3)))
      ])
  }

  @Test("finds the box, and pruning chosen on held-out groups keeps only what generalises")
  func findsBox() throws {
    var rows = try rows(6000, seed: 1)
    rows.columns.append([Float](repeating: 0.2, count: rows.count))
    rows.columns.remove(at: 3)
    var fit = DecisionTreeFit()
    fit.complexity = nil
    let predictor = try fit.fit(rows, featureNames: names)
    #expect((3...8).contains(predictor.tree.leafCount))
    let scores = predictor.scores(for: table(of: rows), targetDensity: 0.1)[0]
    for row in 0..<rows.count {
      let isInside = rows.columns[0][row] > 0.33 && rows.columns[2][row] < 0.57
      let isOutside = rows.columns[0][row] < 0.27 || rows.columns[2][row] > 0.63
      #expect(!isInside || scores[row] > 1.2)
      #expect(!isOutside || scores[row] < -1.2)
    }
    fit.complexity = 0
    let large = try fit.fit(rows, featureNames: names)
    #expect(large.tree.leafCount == 64)
    fit.complexity = 10
    #expect(try fit.fit(rows, featureNames: names).tree.leafCount == 1)
  }

  private struct Golden: Decodable {
    var columns: [[Float]]
    var labels: [Float]
    var fitCount: Int
    var leaves: Int
    var fitLoss: Double
    var heldOutLoss: Double
    var heldOutAUC: Double
  }

  @Test("is scikit-learn's tree where bins lose nothing")
  func matchesScikitLearn() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let golden = try JSONDecoder().decode(
      Golden.self, from: try Data(contentsOf: folder.appendingPathComponent("Golden/tree.json")))
    let count = golden.fitCount
    let rows = try LabelledRows(
      columns: golden.columns.map { Array($0.prefix(count)) }
        + [[Float](repeating: 0, count: count)], labels: Array(golden.labels.prefix(count)))
    var fit = DecisionTreeFit()
    fit.maximumLeaves = 12
    fit.minimumLeafWeight = 20
    fit.binCount = 255
    fit.smoothing = 0
    let names = ["log-magnitude", "row-rank", "depth", "log-lamp"]
    let predictor = try fit.fit(rows, featureNames: names)
    #expect(predictor.tree.leafCount == golden.leaves)
    let layer = PrunableLayer(
      name: "layer", kind: .linear, parameter: "w", shape: [1, golden.labels.count],
      layout: WeightLayout(outputs: 1, inputs: golden.labels.count), nodes: [0])
    let table = FeatureTable(
      names: names, layers: [LayerFeatures(layer: layer, columns: golden.columns)])
    let scores = predictor.scores(for: table, targetDensity: 0.1)[0]
    func loss(_ range: Range<Int>) -> Double {
      range.reduce(0) { sum, row in
        let score = Double(scores[row])
        return sum + log(1 + exp(score)) - score * Double(golden.labels[row])
      } / Double(range.count)
    }
    #expect(abs(loss(0..<count) - golden.fitLoss) < 1e-4)
    let held = count..<golden.labels.count
    #expect(abs(loss(held) - golden.heldOutLoss) < 1e-3)
    var (right, pairs) = (0.0, 0.0)
    for first in held where golden.labels[first] == 1 {
      for second in held where golden.labels[second] == 0 {
        right += scores[first] > scores[second] ? 1 : scores[first] == scores[second] ? 0.5 : 0
        pairs += 1
      }
    }
    #expect(abs(right / pairs - golden.heldOutAUC) < 0.002)
  }

  @Test("a tree of one θ per leaf starts as the predictor it was made from")
  func startsAsLogistic() throws {
    let rows = try rows(500, seed: 2)
    let basis = FeatureBasis.products(of: names)
    let logistic = LogisticPredictor(basis: basis, rankingBy: "row-rank")
    let tree = SplitTree(
      featureNames: ["depth"],
      nodes: [.init(feature: 0, threshold: 0.5, left: 1, right: 2), .leaf, .leaf])
    let modelTree = LogisticModelTreePredictor(logistic, splitBy: tree)
    let table = table(of: rows)
    #expect(
      modelTree.scores(for: table, targetDensity: 0.1)
        == logistic.scores(for: table, targetDensity: 0.1))
  }

  @Test("refuses wrong columns and single-class labels")
  func refuses() throws {
    let rows = try rows(50, seed: 3)
    #expect(throws: PredictorError.wrongCount(what: "columns", got: 4, expected: 3)) {
      try DecisionTreeFit().fit(rows, featureNames: ["depth", "row-rank"])
    }
    var single = rows
    single.labels = [Float](repeating: 0, count: 50)
    #expect(throws: PredictorError.oneClass(rows: 50, label: 0)) {
      try DecisionTreeFit().fit(single, featureNames: names)
    }
  }
}
