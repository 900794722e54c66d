import Testing

@testable import PruneSelection

@Suite("unit alignment")
struct UnitAlignmentTests {
  @Test("levels are multiples, and halves of the smallest")
  func levels() {
    let sixteen = UnitAlignment(multiple: 16)
    #expect([64, 50, 48, 33, 17].map(sixteen.level(below:)) == [48, 48, 32, 32, 16])
    #expect([16, 15, 9, 8, 3, 2].map(sixteen.level(below:)) == [8, 8, 8, 4, 2, 1])
    #expect(
      [64, 50, 48, 16, 15, 7, 1, 0].map(sixteen.level(upTo:)) == [64, 48, 48, 16, 8, 4, 1, 1])
  }

  @Test("the level above fills as many vectors as it takes")
  func above() {
    let sixteen = UnitAlignment(multiple: 16)
    #expect([0, 1, 8, 16, 17, 48].map(sixteen.level(above:)) == [16, 16, 16, 32, 32, 64])
  }

  @Test("a multiple of 1 allows every number", arguments: [2, 3, 10, 77])
  func every(_ count: Int) {
    let one = UnitAlignment(multiple: 1)
    #expect(one.level(below: count) == count - 1)
    #expect(one.level(upTo: count) == count)
  }
}
