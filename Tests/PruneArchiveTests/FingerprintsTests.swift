import PruneArchive
import PruneCore
import Testing

@Suite("Fingerprints")
struct FingerprintsTests {
  private func network(weights: [Float], shape: [Int] = [2, 3]) -> Graph {
    Graph(
      name: "tiny", inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")],
      nodes: [Node("MatMul", name: "fc", inputs: ["x", "w"], outputs: ["y"])],
      initializers: [Initializer(name: "w", tensor: HostTensor(weights, shape: shape))])
  }

  @Test("two trainings share the structure, not the weights")
  func trainings() {
    let first = NetworkFingerprint(of: network(weights: [1, 2, 3, 4, 5, 6]))
    let second = NetworkFingerprint(of: network(weights: [1, 2, 3, 4, 5, 7]))
    #expect(first.structureHash == second.structureHash)
    #expect(first.weightsHash != second.weightsHash)
    #expect(first.architecture == "tiny")
    #expect(first.layers == [.init(name: "fc", kind: "linear", shape: [2, 3])])
    #expect(first == NetworkFingerprint(of: network(weights: [1, 2, 3, 4, 5, 6])))
  }

  @Test("another shape is another structure")
  func shapes() {
    let wide = NetworkFingerprint(of: network(weights: [1, 2, 3, 4, 5, 6]), architecture: "mlp")
    let tall = NetworkFingerprint(of: network(weights: [1, 2, 3, 4, 5, 6], shape: [3, 2]))
    #expect(wide.structureHash != tall.structureHash)
    #expect(wide.architecture == "mlp")
  }
}
