import PruneSupport
import Testing

@Suite("SeededGenerator")
struct SeededGeneratorTests {
  /// Worked out in Python from the published recurrences, the state set by SplitMix64 from seed 0.
  @Test func matchesTheReference() {
    var random = SeededGenerator(seed: 0)
    #expect(random.next() == 0x99EC_5F36_CB75_F2B4)
    #expect(random.next() == 0xBF6E_1F78_4956_452A)
    #expect(random.next() == 0x1A5F_849D_4933_E6E0)
  }

  @Test func sameSeedSameSequence() {
    var first = SeededGenerator(seed: 3, stream: "a")
    var second = SeededGenerator(seed: 3, stream: "a")
    var other = SeededGenerator(seed: 3, stream: "b")
    let values = (0..<10).map { _ in first.next() }
    #expect(values == (0..<10).map { _ in second.next() })
    #expect(values != (0..<10).map { _ in other.next() })
  }

  @Test func uniformLooksUniform() {
    var random = SeededGenerator(seed: 1)
    let values = (0..<10_000).map { _ in random.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    let mean = values.reduce(0, +) / 10_000
    #expect(abs(mean - 0.5) < 0.01)
  }
}

@Suite("Normal numbers")
struct NormalNumberTests {
  @Test("come in pairs, of which normal() gives the first")
  func pairs() {
    var single = SeededGenerator(seed: 4)
    var paired = single
    for _ in 0..<100 {
      let pair = paired.normalPair()
      #expect(single.normal() == pair.0)
      #expect(pair.1.isFinite)
    }
  }

  @Test("scale with the standard deviation")
  func scale() {
    var unit = SeededGenerator(seed: 4)
    var halved = unit
    for _ in 0..<100 {
      let (pair, half) = (unit.normalPair(), halved.normalPair(standardDeviation: 0.5))
      #expect(half.0 == 0.5 * pair.0 && half.1 == 0.5 * pair.1)
    }
  }

  @Test("have mean 0 and variance 1, and the two of a pair are uncorrelated")
  func moments() {
    var generator = SeededGenerator(seed: 2)
    let pairs = (0..<20_000).map { _ in generator.normalPair() }
    let values = pairs.flatMap { [$0.0, $0.1] }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    let covariance = pairs.reduce(0) { $0 + $1.0 * $1.1 } / Double(pairs.count)
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03 && abs(covariance) < 0.03)
  }
}
