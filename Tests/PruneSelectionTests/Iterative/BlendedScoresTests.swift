import PruneCore
import PruneFeatures
import TestSupport
import Testing

@testable import PrunePredictor
@testable import PruneSelection

@Suite("Blended scores")
struct BlendedScoresTests {
  private let scores: [[Float]] = [[1, 4, -2, 0.5], [3, 3, 9]]
  private let masks: [Mask?] = [Mask([true, true, false, true]), nil]

  @Test("scores of what is left have mean 0 and deviation 1; the rest has 0")
  func standardizes() {
    let blend = BlendedScores(scores, masks: masks, retention: 0.75)
    #expect(blend.values[0][2] == 0)
    let left = [0, 1, 3].map { blend.values[0][$0] } + blend.values[1]
    #expect(isClose(left.reduce(0, +) / 6, 0, absolute: 1e-6))
    #expect(isClose(left.reduce(0) { $0 + $1 * $1 } / 6, 1, absolute: 1e-5))
  }

  @Test("a blend keeps its share of the earlier one")
  func blends() {
    let first = BlendedScores(scores, masks: masks, retention: 0.75)
    let again = BlendedScores(scores, masks: masks, earlier: first)
    #expect(
      zip(first.values.joined(), again.values.joined()).allSatisfy {
        isClose($0, $1, absolute: 1e-6)
      })
    let opposite = scores.map { $0.map { -$0 } }
    let mixed = BlendedScores(opposite, masks: masks, earlier: first)
    #expect(
      zip(first.values.joined(), mixed.values.joined()).allSatisfy {
        isClose($0 * 0.5, $1, absolute: 1e-6)
      })
  }

  @Test("the gradient agrees with finite differences", .tags(.property))
  func gradient() {
    let first = BlendedScores([[0, 1, 2, 3], [1, -1, 0]], masks: masks, retention: 0.6)
    let slopes: [[Float]] = [[1, -2, 0, 0.5], [0.3, 2, -1]]
    func value(_ scores: [[Float]]) -> Double {
      let blend = BlendedScores(scores, masks: masks, earlier: first)
      return zip(blend.values.joined(), slopes.joined()).reduce(0) { $0 + Double($1.0 * $1.1) }
    }
    let gradient = BlendedScores(scores, masks: masks, earlier: first).scoreGradients(slopes)
    for layer in scores.indices {
      for index in scores[layer].indices where masks[layer]?.kept[index] ?? true {
        var (up, down) = (scores, scores)
        up[layer][index] += 0.01
        down[layer][index] -= 0.01
        let difference = (value(up) - value(down)) / 0.02
        #expect(isClose(Double(gradient[layer][index]), difference, absolute: 2e-3))
      }
    }
  }

  @Test("a constant score selects nothing in particular, without NaN")
  func constant() {
    let blend = BlendedScores([[2, 2], [2]], masks: [nil, nil], retention: 0.5)
    #expect(blend.values == [[0, 0], [0]])
  }
}

@Suite("The prior")
struct PriorTests {
  @Test("says the same in another basis, up to a constant")
  func otherBasis() throws {
    var basis = FeatureBasis.products(
      of: ["log-magnitude", "saliency-memory", "log-lamp"], withContext: ["log-magnitude"])
    basis.centres = [0.5, 0.2, -0.1]
    basis.scales = [2, 4, 1.5]
    let other = LogisticPredictor.prior(in: basis)
    #expect(LogisticPredictor.prior.readsState && other.readsState)
    let layer = PrunableLayer(
      name: "a", kind: .linear, parameter: "a", shape: [1, 3],
      layout: WeightLayout(outputs: 1, inputs: 3), nodes: [0])
    let table = FeatureTable(
      names: ["log-lamp", "log-magnitude", "saliency-memory"],
      layers: [LayerFeatures(layer: layer, columns: [[-1, 0, 2], [5, 1, 1], [0.3, -2, 1]])])
    let expected = LogisticPredictor.prior.scores(for: table, targetDensity: 0.1)[0]
    let scores = other.scores(for: table, targetDensity: 0.1)[0]
    #expect(isClose(scores[1] - scores[0], expected[1] - expected[0], absolute: 1e-5))
    #expect(isClose(scores[2] - scores[0], expected[2] - expected[0], absolute: 1e-5))
    #expect(isClose(expected[2] - expected[1], 2 + 0.5 * 3, absolute: 1e-5))
  }

  @Test("as a rival it speaks in the other's terms, and is none to itself")
  func rival() throws {
    let basis = FeatureBasis.products(of: ["log-magnitude", "saliency-memory", "log-lamp"])
    var learned = LogisticPredictor.prior(in: basis)
    #expect(LogisticPredictor.alternative(to: learned) == nil)
    #expect(LogisticPredictor.alternative(to: LogisticPredictor.prior) == nil)
    learned.coefficients[0] += 0.5
    #expect(LogisticPredictor.alternative(to: learned) == LogisticPredictor.prior(in: basis))
    let foreign = LogisticPredictor(
      basis: .products(of: ["log-wanda", "is-on"]), rankingBy: "log-wanda")
    #expect(LogisticPredictor.alternative(to: foreign) == LogisticPredictor.prior)
  }
}
