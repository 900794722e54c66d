import PruneCore
import Testing

@testable import PruneArchive

@Suite("Columns of a record")
struct RecordColumnsTests {
  @Test("every granularity that can be asked for is read back", arguments: Granularity.spellings)
  func granularity(_ text: String) throws {
    #expect(Granularity(archived: try Granularity(text).description) == (try Granularity(text)))
    #expect(Granularity(archived: text + "s") == nil)
  }
}
