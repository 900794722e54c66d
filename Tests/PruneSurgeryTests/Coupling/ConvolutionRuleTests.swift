import PruneCore
import Testing

@testable import PruneSurgery

@Suite("Channels through convolutions")
struct ConvolutionRuleTests {
  @Test("an output channel is its filter, its bias, its normalisation and its reader's input")
  func plain() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    for name in ["s", "o", "m", "v"] { graph.weight(name, [4]) }
    graph.node("BatchNormalization", "a s o m v", "n")
    graph.node("Relu", "n", "r")
    graph.convolution("r", "y", 4, 2)
    let analysis = try graph.analysis()
    #expect(analysis.groups.map(\.name) == ["a"])
    #expect(analysis.groups.first?.kind == .channel)
    for (name, axis) in [
      ("a.w", 0), ("a.b", 0), ("s", 0), ("o", 0), ("m", 0), ("v", 0), ("y.w", 1),
    ] {
      #expect(analysis.slices(of: "a", name, axis) == [[0], [1], [2], [3]], "\(name)")
    }
    let consumed = analysis.groups[0].units[0].slices.filter(\.isConsumed).map(\.parameter)
    #expect(consumed == ["y.w"])
    #expect(analysis.reason("y") == "graph output 'y' promises these values")
    #expect(analysis.required.map(\.count) == [4])
  }

  @Test("a residual sum ties its branches")
  func residual() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.convolution("a", "b", 4, 4)
    graph.node("Add", "a b", "sum")
    graph.convolution("sum", "y", 4, 2)
    let analysis = try graph.analysis()
    #expect(analysis.groups.map(\.layers) == [["a", "b"]])
    #expect(analysis.slices(of: "a", "b.w", 0) == [[0], [1], [2], [3]])
    #expect(analysis.slices(of: "a", "b.w", 1) == [[0], [1], [2], [3]])
  }

  @Test("a depth-wise filter goes with its channel, and the group count follows")
  func depthwise() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.convolution("a", "d", 4, 8, groups: 4)
    graph.convolution("d", "y", 8, 2)
    let analysis = try graph.analysis()
    #expect(analysis.slices(of: "a", "d.w", 0) == [[0, 1], [2, 3], [4, 5], [6, 7]])
    let unit = analysis.groups[0].units[1].id
    let small = try GraphSurgery(analysis).remove([unit], from: graph.graph)
    #expect(small.nodes[1].int("group") == 3)
    #expect(small.parameters()["d.w"]?.shape == [6, 1, 1, 1])
  }

  @Test(
    "few large groups lose the same positions in each, many small ones go whole", arguments: [2, 4])
  func groups(_ groups: Int) throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 8)
    graph.convolution("a", "g", 8, 8, groups: groups)
    graph.convolution("g", "y", 8, 2)
    let analysis = try graph.analysis()
    if groups == 2 {
      #expect(analysis.slices(of: "a", "a.w", 0) == [[0, 4], [1, 5], [2, 6], [3, 7]])
      #expect(analysis.slices(of: "g", "g.w", 0) == [[0, 4], [1, 5], [2, 6], [3, 7]])
    } else {
      #expect(analysis.slices(of: "a", "g.w", 0) == [[0, 1], [2, 3], [4, 5], [6, 7]])
      #expect(analysis.slices(of: "a", "a.w", 0) == [[0, 1], [2, 3], [4, 5], [6, 7]])
    }
  }

  @Test("a window over neighbouring channels blocks them and says so")
  func window() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 4)
    graph.node("LRN", "a", "n", [int("size", 3)])
    graph.convolution("n", "y", 4, 2)
    let analysis = try graph.analysis()
    #expect(analysis.groups.isEmpty)
    #expect(analysis.reason("a") == "LRN 'n' divides each channel by its neighbours")
    #expect(analysis.obstacles.first?.blocked == 4)
  }
}
