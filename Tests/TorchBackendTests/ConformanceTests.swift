import TestSupport
import Testing
import TorchBackend

@Suite("TorchEngine")
struct ConformanceTests {
  @Test("conforms", .tags(.engine)) func conforms() throws {
    try EngineConformance.verify(try TorchEngine(threads: 1))
  }
}
