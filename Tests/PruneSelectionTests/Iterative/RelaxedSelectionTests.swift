import PruneCore
import PruneSupport
import Testing

@testable import PrunePredictor
@testable import PruneSelection

@Suite struct RelaxedSelectionTests {
  private func scores(_ seed: UInt64) -> [[Float]] {
    var generator = SeededGenerator(seed: seed)
    return [40, 15].map { count in (0..<count).map { _ in Float(generator.uniform() * 6 - 3) } }
  }

  @Test("degrees sum to the wanted number", arguments: [0.5, 0.1, 0.02], [1.0, 0.1, 0.01])
  func keepsCount(density: Double, temperature: Double) {
    let scores = scores(1)
    let selection = RelaxedSelection(
      scores: scores, masks: [nil, nil], keptCount: density * 55, temperature: temperature)
    let sum = selection.softMask.joined().reduce(0) { $0 + Double($1) }
    #expect(abs(sum - density * 55) < 1e-3)
  }

  @Test("turns into the hard selection as the temperature falls")
  func hardens() {
    let scores = scores(2)
    let relaxed = RelaxedSelection(
      scores: scores, masks: [nil, nil], keptCount: 20.5, temperature: 1e-4)
    let hard = HardSelection.softMask(scores: scores, masks: [nil, nil], keptCount: 20)
    let differences = zip(relaxed.softMask.joined(), hard.joined()).filter { abs($0 - $1) > 0.01 }
    #expect(differences.count <= 1)
    #expect(hard.joined().reduce(0, +) == 20)
  }

  @Test("its gradient agrees with finite differences, threshold and scale included")
  func gradient() {
    let scores = scores(3)
    var kept = [Bool](repeating: true, count: 40)
    for index in stride(from: 0, to: 40, by: 7) { kept[index] = false }
    let masks: [Mask?] = [Mask(kept), nil]
    var generator = SeededGenerator(seed: 9)
    let weights = scores.map { $0.map { _ in Float(generator.uniform() * 2 - 1) } }
    func value(_ scores: [[Float]]) -> Double {
      let softMask = RelaxedSelection(
        scores: scores, masks: masks, keptCount: 15, temperature: 0.4
      ).softMask
      return zip(softMask.joined(), weights.joined()).reduce(0) {
        $0 + Double($1.0) * Double($1.0) * Double($1.1)
      }
    }
    let selection = RelaxedSelection(
      scores: scores, masks: masks, keptCount: 15, temperature: 0.4)
    let upstream = zip(selection.softMask, weights).map { zip($0, $1).map { 2 * $0 * $1 } }
    let gradients = selection.scoreGradients(upstream)
    for (layer, index) in [(0, 1), (0, 7), (0, 20), (1, 3), (1, 14)] {
      var moved = scores
      moved[layer][index] += 0.02
      let up = value(moved)
      moved[layer][index] -= 0.04
      let difference = (up - value(moved)) / 0.04
      #expect(abs(Double(gradients[layer][index]) - difference) < 2e-4)
    }
    #expect(gradients[0][7] == 0)
  }

  @Test("equal scores keep exactly the wanted number, the first ones")
  func breaksTies() {
    let hard = HardSelection.softMask(
      scores: [[1, 1, 1], [1, 2]], masks: [nil, nil], keptCount: 3)
    #expect(hard == [[1, 1, 0], [0, 1]])
    let all = HardSelection.softMask(scores: [[1], [2]], masks: [nil, nil], keptCount: 5)
    #expect(all == [[1], [1]])
  }
}
