import PruneCore
import PruneSupport
import Testing
import TorchBackend

@testable import PruneSurgery

@Suite("Units that say nothing")
struct ConstantUnitTests {
  /// Zeroes rows along axis 0 of a stored tensor.
  private func zeroing(_ rows: [Int], of name: String, in graph: Graph) throws -> Graph {
    var result = graph
    let tensor = try #require(graph.parameter(named: name))
    var values = try #require(tensor.floats)
    let inner = tensor.count / tensor.shape[0]
    for row in rows { for index in row * inner..<(row + 1) * inner { values[index] = 0 } }
    try result.setParameters([name: HostTensor(values, shape: tensor.shape)])
    return result
  }

  private func outputs(of graph: Graph, _ shape: [Int]) throws -> [HostTensor] {
    var random = SeededGenerator(seed: 3)
    let values = (0..<HostTensor.elementCount(of: shape)).map { _ in
      Float(random.uniform() * 2 - 1)
    }
    let engine = try TorchEngine(threads: 1, precision: .float64)
    return try engine.run(try engine.prepare(graph), on: [HostTensor(values, shape: shape)])
  }

  @Test("the activation of a bias goes into the next layer's bias", arguments: [false, true])
  func folds(_ readerIsMatrixProduct: Bool) throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.node("Sigmoid", "a", "s")
    if readerIsMatrixProduct {
      graph.node("GlobalAveragePool", "s", "g")
      graph.node("Flatten", "g", "f")
      graph.read("f", 4)
    } else {
      graph.convolution("s", "y", 4, 2)
    }
    let pruned = try zeroing([1, 3], of: "a.w", in: graph.graph)
    let result = try GraphSurgery(try graph.analysis()).removeConstantUnits(from: pruned)
    #expect(result.removed.count == 2)
    #expect(result.graph.parameters()["a.w"]?.shape == [2, 3, 1, 1])
    let (small, masked) = (
      try outputs(of: result.graph, [1, 3, 6, 6]), try outputs(of: pruned, [1, 3, 6, 6])
    )
    #expect(SurgeryCheck.difference(small, masked) < 1e-6)
  }

  @Test("padding keeps a constant channel that is not zero")
  func padding() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.node("Relu", "a", "r")
    graph.weight("w", [2, 4, 3, 3])
    graph.node("Conv", "r w", "y", [ints("pads", 1, 1, 1, 1)])
    let analysis = try graph.analysis()
    let weights = try zeroing([0, 2], of: "a.w", in: graph.graph)
    #expect(try GraphSurgery(analysis).removeConstantUnits(from: weights).removed.isEmpty)
    let silent = try zeroing([0], of: "a.b", in: weights)
    let result = try GraphSurgery(analysis).removeConstantUnits(from: silent)
    #expect(result.removed.count == 1)
    let difference = SurgeryCheck.difference(
      try outputs(of: result.graph, [1, 3, 6, 6]), try outputs(of: silent, [1, 3, 6, 6]))
    #expect(difference < 1e-6)
  }

  @Test("units that nobody reads go, in chains too")
  func unread() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.convolution("a", "b", 4, 3)
    graph.convolution("b", "y", 3, 2)
    var pruned = graph.graph
    var reader = try #require(pruned.parameter(named: "y.w")?.floats)
    for output in 0..<2 { for input in [0, 2] { reader[output * 3 + input] = 0 } }
    var middle = try #require(pruned.parameter(named: "b.w")?.floats)
    middle[1 * 4 + 3] = 0
    try pruned.setParameters([
      "y.w": HostTensor(reader, shape: [2, 3, 1, 1]),
      "b.w": HostTensor(middle, shape: [3, 4, 1, 1]),
    ])
    let result = try GraphSurgery(try graph.analysis()).removeConstantUnits(from: pruned)
    #expect(result.graph.parameters()["b.w"]?.shape == [1, 3, 1, 1])
    let difference = SurgeryCheck.difference(
      try outputs(of: result.graph, [1, 3, 6, 6]), try outputs(of: pruned, [1, 3, 6, 6]))
    #expect(difference < 1e-6)
  }
}
