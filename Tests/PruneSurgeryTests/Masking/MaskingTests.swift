import PruneCore
import PruneSurgery
import TestSupport
import Testing

@Suite("Masks combined")
struct MaskIntersectionTests {
  @Test("keeps what both keep")
  func intersection() {
    let mask = Mask((0..<12).map { $0 % 4 != 1 })
    #expect(mask.intersection(Mask(keepingAll: 12)) == mask)
    let other = Mask((0..<12).map { $0 % 3 != 1 })
    let both = mask.intersection(other)
    #expect(both.kept == (0..<12).map { $0 % 4 != 1 && $0 % 3 != 1 })
    #expect(both == other.intersection(mask))
  }
}

@Suite("Cost model")
struct CostModelTests {
  @Test("counts parameters and MACs, dense and sparse")
  func cost() throws {
    let graph = TinyModels.mlp([4, 6, 3])
    let engine = ReferenceEngine()
    let shapes = try engine.shapes(
      of: try engine.prepare(graph),
      on: [HostTensor([Float](repeating: 1, count: 4), shape: [1, 4])])
    let model = CostModel(graph: graph, shapes: shapes)
    #expect(model.macsByLayer == [24, 18])
    let dense = model.cost(fileBytes: 100)
    #expect(dense.parameters == 24 + 6 + 18 + 3)
    #expect(dense.nonzero == dense.parameters)
    #expect(dense.macs == 42)
    #expect(dense.sparseMACs == 42)
    let masks = MaskSet(["layer0.weight": Mask((0..<24).map { $0 < 6 })])
    let sparse = model.cost(masks: masks, fileBytes: 100)
    #expect(sparse.nonzero == dense.nonzero - 18)
    #expect(sparse.macs == 42)
    #expect(sparse.sparseMACs == 6 + 18)
  }

  @Test("divides a recurrent node's MACs among its weights")
  func recurrent() {
    let lstm = Node("LSTM", name: "lstm", inputs: ["x", "W", "R"], outputs: ["y"])
    var input = [Float](repeating: 1, count: 4 * 2 * 3)
    input[0] = 0
    let graph = Graph(
      inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")], nodes: [lstm],
      initializers: [
        Initializer(name: "W", tensor: HostTensor(input, shape: [1, 8, 3])),
        Initializer(
          name: "R", tensor: HostTensor([Float](repeating: 1, count: 16), shape: [1, 8, 2])),
      ])
    let model = CostModel(
      graph: graph, shapes: ["x": [5, 1, 3], "W": [1, 8, 3], "R": [1, 8, 2], "y": [5, 1, 1, 2]])
    #expect(model.macsByLayer == [120, 80])
    #expect(model.cost(fileBytes: 0).sparseMACs == 195)
  }
}
