import PruneCore
import PruneFeatures
import TestSupport
import Testing

@Suite("Layer adjacency")
struct LayerAdjacencyTests {
  private typealias Reader = LayerAdjacency.Reader

  private func weight(_ name: String, _ shape: [Int]) -> Initializer {
    Initializer(name: name, tensor: .zeros(shape))
  }

  private func readers(_ nodes: [Node], _ weights: [Initializer]) -> [[Reader]?] {
    let graph = Graph(
      inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")], nodes: nodes,
      initializers: weights)
    return LayerAdjacency(graph: graph, layers: graph.prunableLayers()).readers
  }

  @Test("follows a perceptron")
  func perceptron() {
    let graph = TinyModels.matMulMLP([4, 6, 5, 3])
    let adjacency = LayerAdjacency(graph: graph, layers: graph.prunableLayers())
    #expect(
      adjacency.readers == [
        [Reader(layer: 1, inputsPerOutput: 1)], [Reader(layer: 2, inputsPerOutput: 1)], nil,
      ])
    #expect(adjacency.producers(of: 1).map(\.layer) == [0])
  }

  @Test("passes normalisation, pooling and flattening")
  func flatten() {
    let found = readers(
      [
        Node("Conv", inputs: ["x", "a"], outputs: ["1"]),
        Node("BatchNormalization", inputs: ["1", "s", "s", "s", "s"], outputs: ["2"]),
        Node("Conv", inputs: ["2", "b"], outputs: ["3"]),
        Node("MaxPool", inputs: ["3"], outputs: ["4"]),
        Node("Flatten", inputs: ["4"], outputs: ["5"]),
        Node("Gemm", inputs: ["5", "c"], outputs: ["y"]),
      ],
      [
        weight("a", [4, 1, 3, 3]), weight("b", [8, 4, 3, 3]), weight("c", [8 * 6, 10]),
        weight("s", [4]),
      ])
    #expect(
      found == [
        [Reader(layer: 1, inputsPerOutput: 9)], [Reader(layer: 2, inputsPerOutput: 6)], nil,
      ])
  }

  @Test("joins residual branches and reads grouped convolutions")
  func residual() {
    let found = readers(
      [
        Node("Conv", inputs: ["x", "a"], outputs: ["1"]),
        Node(
          "Conv", inputs: ["1", "b"], outputs: ["2"], attributes: [Attribute("group", .int(4))]),
        Node("Add", inputs: ["1", "2"], outputs: ["3"]),
        Node("Conv", inputs: ["3", "c"], outputs: ["y"]),
      ],
      [weight("a", [4, 1, 1, 1]), weight("b", [4, 1, 3, 3]), weight("c", [2, 4, 1, 1])])
    #expect(
      found == [
        [Reader(layer: 1, inputsPerOutput: 9), Reader(layer: 2, inputsPerOutput: 1)],
        [Reader(layer: 2, inputsPerOutput: 1)], nil,
      ])
  }

  @Test("stops where channels move")
  func moved() {
    let found = readers(
      [
        Node("Gemm", inputs: ["x", "a"], outputs: ["1"]),
        Node("Concat", inputs: ["1", "x"], outputs: ["2"]),
        Node("Gemm", inputs: ["2", "b"], outputs: ["y"]),
      ], [weight("a", [4, 4]), weight("b", [8, 2])])
    #expect(found == [nil, nil])
  }
}
