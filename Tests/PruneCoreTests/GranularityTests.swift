import PruneCore
import Testing

@Suite("granularity")
struct GranularityTests {
  @Test("reads what it writes", arguments: Granularity.spellings)
  func roundTrip(_ text: String) throws {
    #expect(try Granularity(text).description == text)
  }

  @Test(
    "refuses what makes no sense, with the alternatives named",
    arguments: ["", "rows", "nm:4", "nm:a:b", "block:4", "block:0x4", "block:4x4x4", "element:2"])
  func refusals(_ text: String) {
    let error = #expect(throws: BudgetError.self) { try Granularity(text) }
    #expect(error?.description.contains("nm:2:4") == true)
  }

  @Test func patternsThatKeepEverything() {
    #expect(throws: BudgetError.badPattern(kept: 4, of: 4)) { try Granularity("nm:4:4") }
  }
}
