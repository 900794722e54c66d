import PruneSupport
import Testing

@Suite("Shuffling")
struct ShufflingTests {
  @Test(
    "gives the standard library's order and leaves the generator where that does",
    arguments: [0, 1, 2, 3, 7, 64, 100, 1000])
  func standardLibrary(count: Int) {
    for seed in 0..<20 as Range<UInt64> {
      var ours = SeededGenerator(seed: seed)
      var theirs = ours
      #expect((0..<count).shuffled(by: &ours) == (0..<count).shuffled(using: &theirs))
      #expect(ours.next() == theirs.next())
    }
  }

  @Test("has one order for a seed, whatever the standard library's version")
  func golden() {
    var generator = SeededGenerator(seed: 7)
    let expected = [14, 6, 17, 19, 3, 18, 1, 8, 12, 10, 15, 2, 4, 7, 16, 11, 9, 5, 0, 13]
    #expect((0..<20).shuffled(by: &generator) == expected)
  }

  @Test("keeps every element", arguments: [0, 1, 5, 500])
  func permutation(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    var values = (0..<count).map { $0 / 2 }
    let before = values
    values.shuffle(by: &generator)
    #expect(values.sorted() == before)
    #expect(count < 500 || values != before)
  }

  @Test("makes every order equally likely")
  func uniformity() {
    var generator = SeededGenerator(seed: 1)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[[0, 1, 2].shuffled(by: &generator), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test(
    "draws below a bound as the standard library does, also where draws are rejected",
    arguments: [1, 2, 10, 1 << 62, 1 << 62 + 1, Int.max / 3 * 2, Int.max])
  func bounds(_ bound: Int) {
    var ours = SeededGenerator(seed: 3)
    var theirs = ours
    for _ in 0..<100 {
      let draw = ours.next(below: bound)
      #expect((0..<bound).contains(draw))
      #expect(draw == Int.random(in: 0..<bound, using: &theirs))
    }
  }
}
