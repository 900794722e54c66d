import TestSupport
import Testing

@Suite("ReferenceEngine")
struct ReferenceEngineTests {
  @Test("conforms") func conforms() throws { try EngineConformance.verify(ReferenceEngine()) }
}
