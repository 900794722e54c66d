import PruneCore
import TestSupport
import Testing

@Suite("Tiny models")
struct TinyModelsTests {
  @Test("have the prunable layers that their names promise")
  func layers() {
    let graph = TinyModels.mlp([4, 6, 3])
    #expect(graph.prunableLayers().map(\.name) == ["layer0", "layer1"])
    #expect(graph.prunableLayers().map(\.layout.isInputMajor) == [false, false])
    #expect(TinyModels.matMulMLP().prunableLayers().map(\.layout.isInputMajor) == [true, true])
  }

  @Test("repeat by seed")
  func seeds() {
    #expect(TinyModels.mlp(seed: 3) == TinyModels.mlp(seed: 3))
    #expect(TinyModels.mlp(seed: 3) != TinyModels.mlp(seed: 4))
    #expect(TinyModels.clusters(count: 4).inputs == TinyModels.clusters(count: 4).inputs)
  }
}
