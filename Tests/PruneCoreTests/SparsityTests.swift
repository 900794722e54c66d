import PruneCore
import Testing

@Suite("Sparsity")
struct SparsityTests {
  @Test("takes 0 ..< 1 alone", arguments: [-0.1, 1, 1.5, .nan, .infinity])
  func range(_ fraction: Double) {
    #expect(throws: BudgetError.self) { try Sparsity(fraction) }
  }

  @Test func derivedValues() throws {
    let sparsity = try Sparsity(0.75)
    #expect(sparsity.density == 0.25)
    #expect(try Sparsity(0.5) < sparsity)
  }

  @Test("a pattern keeps at least one and not all", arguments: [(0, 4), (4, 4), (5, 4), (-1, 2)])
  func pattern(_ kept: Int, _ of: Int) {
    #expect(throws: BudgetError.badPattern(kept: kept, of: of)) {
      try NMPattern(kept: kept, of: of)
    }
  }

  @Test func granularityNames() throws {
    #expect(Granularity.nm(try NMPattern(kept: 2, of: 4)).description == "nm:2:4")
    #expect(Granularity.block(rows: 4, columns: 8).description == "block:4x8")
    #expect(Granularity.channel.description == "channel")
  }
}
