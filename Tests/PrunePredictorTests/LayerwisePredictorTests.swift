import LoopTestSupport
import PruneCore
import PruneFeatures
import PruneSupport
import TestSupport
import Testing

@testable import PrunePredictor

@Suite("Corrections per layer")
struct LayerwisePredictorTests {
  private func table() throws -> FeatureTable {
    let network = try ToyNetwork(seed: 3)
    return network.table(of: network.state())
  }

  private func logistic() -> LogisticPredictor {
    let basis = ToyNetwork.basis
    var generator = SeededGenerator(seed: 1)
    return LogisticPredictor(
      basis: basis, coefficients: basis.terms.map { _ in generator.uniform() - 0.5 })
  }

  @Test("without corrections it scores as the predictor it corrects")
  func identity() throws {
    let table = try table()
    let base = logistic()
    let corrected = LayerwisePredictor(correcting: base, for: table)
    #expect(corrected.parameters.allSatisfy { $0 == 0 })
    #expect(corrected.parameters.count == 2 * 4)
    #expect(
      corrected.scores(for: table, targetDensity: 0.2)
        == base.scores(for: table, targetDensity: 0.2))
  }

  @Test("a correction moves its own layer alone, the constant by just itself")
  func locality() throws {
    let table = try table()
    let base = logistic()
    var corrected = LayerwisePredictor(correcting: base, for: table)
    corrected.parameters[4] = 0.75
    let before = base.scores(for: table, targetDensity: 0.2)
    let after = corrected.scores(for: table, targetDensity: 0.2)
    #expect(after[0] == before[0])
    #expect(zip(after[1], before[1]).allSatisfy { abs($0 - $1 - 0.75) < 1e-5 })
  }

  @Test("the gradient agrees with differences", .tags(.property))
  func gradient() throws {
    let table = try table()
    let corrected = LayerwisePredictor(correcting: logistic(), for: table)
    let scorer = corrected.scorer(for: table)
    var generator = SeededGenerator(seed: 5)
    let slopes = table.layers.map { layer in
      (0..<layer.layer.count).map { _ in Float(generator.uniform() - 0.5) }
    }
    let point = corrected.parameters.map { _ in generator.uniform() - 0.5 }
    func value(_ parameters: [Double]) -> Double {
      zip(scorer.scores(parameters, targetDensity: 0.3), slopes).reduce(0) { sum, pair in
        sum + zip(pair.0, pair.1).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
    }
    let gradient = scorer.parameterGradient(slopes, targetDensity: 0.3)
    for index in point.indices {
      var (above, below) = (point, point)
      above[index] += 0.5
      below[index] -= 0.5
      #expect(abs(gradient[index] - (value(above) - value(below))) < 1e-2)
    }
  }

  @Test("contributions and constant add up to the score", .tags(.property))
  func explanation() throws {
    let table = try table()
    var corrected = LayerwisePredictor(correcting: logistic(), for: table)
    corrected.parameters = corrected.parameters.indices.map { 0.1 * Double($0) - 0.3 }
    let scores = corrected.scores(for: table, targetDensity: 0.1)
    for (layer, connection) in [(0, 0), (0, 17), (1, 5)] {
      let parts = corrected.explanation(
        of: connection, inLayer: layer, of: table, targetDensity: 0.1)
      let sum = parts.contributions.reduce(parts.intercept) { $0 + $1.contribution }
      #expect(abs(parts.score - Double(scores[layer][connection])) < 1e-4)
      #expect(abs(parts.score - sum) < 1e-9)
    }
  }

  @Test("a tree is corrected as well")
  func tree() throws {
    let table = try table()
    let tree = DecisionTreePredictor(
      tree: SplitTree(featureNames: ["log-magnitude"]), leafScores: [0.5])
    var corrected = LayerwisePredictor(correcting: tree, for: table)
    corrected.parameters[1] = 1
    let scores = corrected.scores(for: table, targetDensity: 0.5)
    #expect(Set(scores[0]).count > 1 && Set(scores[1]) == [0.5])
  }
}
