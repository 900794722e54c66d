import ModelZoo
import PruneCore
import Testing
import TorchBackend

@testable import PruneSurgery

@Suite("Heads and hidden units")
struct SequenceRuleTests {
  @Test("a hidden unit is a row of every gate in both directions", arguments: [1, 2])
  func recurrence(_ directions: Int) throws {
    var graph = SmallGraph(input: [5, 1, 3])
    graph.weight("w", [directions, 4 * 6, 3])
    graph.weight("r", [directions, 4 * 6, 6])
    graph.weight("b", [directions, 8 * 6])
    let direction = directions == 2 ? "bidirectional" : "forward"
    graph.node(
      "LSTM", "x w r b", "out last",
      [int("hidden_size", 6), Attribute("direction", .string(Array(direction.utf8)))])
    graph.node("Transpose", "last", "t", [ints("perm", 1, 0, 2)])
    graph.node("Flatten", "t", "f")
    graph.read("f", directions * 6)
    let analysis = try graph.analysis()
    let group = try #require(analysis.groups.first)
    #expect(group.kind == .hiddenUnit)
    #expect(group.units.count == 6)
    #expect(analysis.slices(of: "out", "w", 1)[1] == [1, 7, 13, 19])
    #expect(analysis.slices(of: "out", "r", 2)[1] == [1])
    #expect(analysis.slices(of: "out", "b", 1)[1] == [1, 7, 13, 19, 25, 31, 37, 43])
    #expect(analysis.slices(of: "out", "reader", 0)[1] == (directions == 2 ? [1, 7] : [1]))
    let small = try GraphSurgery(analysis).remove([group.units[1].id], from: graph.graph)
    #expect(small.nodes[0].int("hidden_size") == 5)
    #expect(small.parameters()["r"]?.shape == [directions, 20, 5])
  }

  @Test("the transformer gives its heads and its inner widths, and keeps what it normalises")
  func transformer() throws {
    let graph = try Architecture.transformerSmall.graph(
      options: ArchitectureOptions(inputShape: [8, 5], hidden: [16], depth: 1, heads: 4), seed: 1)
    let engine = try TorchEngine(threads: 1)
    let shapes = try engine.shapes(
      of: try engine.prepare(graph), on: [HostTensor.zeros([1, 8, 5])])
    let analysis = graph.couplingGroups(shapes: shapes)
    #expect(analysis.groups.map(\.kind) == [.head, .neuron])
    #expect(analysis.groups[0].units.count == 4)
    let slices = analysis.groups[0].units[1].slices
    #expect(slices.allSatisfy { $0.indices == [4, 5, 6, 7] })
    // Query, key and value with their biases, and the output projection's rows.
    #expect(slices.count == 7)
    #expect(slices.filter(\.isConsumed).count == 1)
    #expect(analysis.obstacles.contains { $0.blockage.operation == "LayerNormalization" })
  }
}
