import AutoPrune
import Testing
import TorchBackend

@Suite("Inspection of a model")
struct ModelInspectionTests {
  @Test("counts parameters, shares and multiply-accumulates")
  func counts() throws {
    let graph = try Architecture("mlp:64-32-10").graph(
      options: ArchitectureOptions(inputShape: [64], classes: 10), seed: 1)
    let inspection = try ModelInspection(graph, engine: try TorchEngine(threads: 1))
    #expect(inspection.layers.map(\.parameters) == [64 * 32, 32 * 10])
    #expect(inspection.layers.map(\.macs) == [64 * 32, 32 * 10])
    #expect(inspection.macs == 64 * 32 + 32 * 10)
    #expect(inspection.parameters == 64 * 32 + 32 + 32 * 10 + 10)
    #expect(inspection.layers.allSatisfy { $0.sparsity == 0 })
    #expect(inspection.layers.reduce(0) { $0 + $1.share } < 1)
  }
}
