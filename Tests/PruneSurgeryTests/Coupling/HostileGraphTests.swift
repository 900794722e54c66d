import PruneCore
import PruneSupport
import Testing

@testable import PruneSurgery

@Suite("Graphs that do not fit together")
struct HostileGraphTests {
  /// Every damaged graph is analysed without a trap; what cannot be proved is an obstacle.
  @Test("wrong shapes, missing tensors and odd attributes block instead of trapping")
  func damage() throws {
    for seed in 0..<UInt64(200) {
      var random = SeededGenerator(seed: seed, stream: "damage")
      var graph = RandomGraph.draw(seed: seed)
      var shapes = Self.guessedShapes(of: graph, &random)
      for _ in 0..<1 + Int(random.uniform() * 4) { Self.damage(&graph, &shapes, &random) }
      let analysis = graph.couplingGroups(shapes: shapes)
      let units = Set(analysis.groups.flatMap(\.units).map(\.id).prefix(3))
      do {
        _ = try GraphSurgery(analysis).remove(units, from: graph)
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }

  private static func guessedShapes(
    of graph: Graph, _ random: inout SeededGenerator
  ) -> [String: [Int]] {
    var shapes = graph.parameters().mapValues(\.shape)
    for name in graph.nodes.flatMap(\.outputs) + graph.inputs.map(\.name) {
      let rank = Int(random.uniform() * 6)
      shapes[name] = (0..<rank).map { _ in Int(random.uniform() * 9) }
    }
    return shapes
  }

  private static func damage(
    _ graph: inout Graph, _ shapes: inout [String: [Int]], _ random: inout SeededGenerator
  ) {
    let node = Int(random.uniform() * Double(graph.nodes.count))
    switch Int(random.uniform() * 6) {
    case 0: graph.nodes[node].inputs = Array(graph.nodes[node].inputs.dropLast())
    case 1: graph.nodes[node].outputs = Array(graph.nodes[node].outputs.dropLast())
    case 2 where !graph.initializers.isEmpty: graph.initializers.removeLast()
    case 3:
      let names = ["axis", "group", "perm", "axes", "num_groups", "blocksize", "pads", "split"]
      let name = names[Int(random.uniform() * Double(names.count))]
      let values: [Int64] = [-7, 0, 99, .max, .min]
      let value = values[Int(random.uniform() * 5)]
      graph.nodes[node].replace(
        name, with: random.uniform() < 0.5 ? .int(value) : .ints([value, 1]))
    case 4:
      for name in graph.nodes[node].outputs { shapes[name] = [.max, 2, .max] }
    default:
      graph.nodes[node].operation = "Conv"
    }
  }

  @Test("surgery refuses units it does not know and axes that would be empty")
  func refusals() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.convolution("a", "y", 4, 2)
    let analysis = try graph.analysis()
    let surgery = GraphSurgery(analysis)
    #expect(throws: SurgeryError.unknownUnits([-1])) { try surgery.remove([-1], from: graph.graph) }
    let all = Set(analysis.groups.flatMap(\.units).map(\.id))
    #expect(throws: SurgeryError.emptied(units: 4, group: "a")) {
      try surgery.remove(all, from: graph.graph)
    }
    var changed = graph.graph
    changed.initializers[0].tensor = .zeros([5, 3, 1, 1])
    #expect(
      throws: SurgeryError.changed(parameter: "a.w", got: [5, 3, 1, 1], expected: [4, 3, 1, 1])
    ) { try surgery.remove([all.first ?? 0], from: changed) }
  }
}
