import GSLNumerics
import PruneCore
import PruneSupport
import Testing

@testable import PruneController

@Suite("A sequence of tests with shares of the error probability")
struct FallbackSequenceTests {
  @Test("shares sum to one", arguments: [1, 2, 5], [0, 0.5, 1.0])
  func shares(count: Int, first: Double) {
    let sequence = FallbackSequence(count: count, firstShare: first)
    #expect(sequence.shares.count == count)
    #expect(abs(sequence.shares.reduce(0, +) - 1) < 1e-12)
  }

  @Test("what is rejected hands its share on, what is not keeps it")
  func levels() {
    var levels: [Double] = []
    let sequence = FallbackSequence(count: 4, firstShare: 0.4)
    let rejected = sequence.rejected(errorProbability: 0.1) { position, level in
      levels.append(level)
      return position != 2
    }
    #expect(rejected == [0, 1, 3])
    for (level, expected) in zip(levels, [0.04, 0.06, 0.08, 0.02]) {
      #expect(abs(level - expected) < 1e-12)
    }
  }

  @Test("with the whole share on the first, the first failure ends it")
  func fixedSequence() {
    var asked: [Int] = []
    let rejected = FallbackSequence(count: 5, firstShare: 1).rejected(errorProbability: 0.05) {
      position, level in
      asked.append(position)
      #expect(abs(level - 0.05) < 1e-12)
      return position < 2
    }
    #expect(rejected == [0, 1])
    #expect(asked == [0, 1, 2])
  }

  /// P values of true hypotheses are uniform, of false ones small; all depend on one common draw.
  @Test(
    "rejects a true hypothesis at most as often as allowed, however the tests depend on each other",
    arguments: [0.0, 0.5, 0.95], [0.0, 0.5, 1.0])
  func familyWiseError(correlation: Double, first: Double) {
    var random = SeededGenerator(seed: 11)
    let repetitions = 4_000
    let allowed = 0.1
    for trueOnes in [[0, 1, 2, 3], [1, 2, 3], [0, 2], [3]] {
      var wrong = 0
      for _ in 0..<repetitions {
        let common = random.normal()
        let pValues = (0..<4).map { position in
          let noise =
            correlation.squareRoot() * common + (1 - correlation).squareRoot() * random.normal()
          let shift = trueOnes.contains(position) ? 0 : 2.5
          return 1 - Distributions.normalProbability(below: noise + shift)
        }
        let rejected = FallbackSequence(count: 4, firstShare: first)
          .rejected(errorProbability: allowed) { pValues[$0] <= $1 }
        if rejected.contains(where: trueOnes.contains) { wrong += 1 }
      }
      // Four standard deviations of the simulation.
      let limit = allowed + 4 * (allowed * (1 - allowed) / Double(repetitions)).squareRoot()
      #expect(Double(wrong) / Double(repetitions) <= limit, "\(trueOnes)")
    }
  }
}
