import PruneCore
import Testing

@testable import PruneSurgery

@Suite("Channels through changes of layout")
struct LayoutRuleTests {
  @Test("flattening spreads a channel over its positions")
  func flatten() throws {
    var graph = SmallGraph(input: [1, 3, 2, 2])
    graph.convolution("x", "a", 3, 2)
    graph.node("Flatten", "a", "f")
    graph.read("f", 8)
    let analysis = try graph.analysis()
    #expect(analysis.slices(of: "a", "reader", 0) == [[0, 1, 2, 3], [4, 5, 6, 7]])
  }

  @Test("a stored shape follows")
  func reshape() throws {
    var graph = SmallGraph(input: [1, 3, 2, 2])
    graph.convolution("x", "a", 3, 4)
    graph.integers("shape", [1, 16])
    graph.node("Reshape", "a shape", "f")
    graph.read("f", 16)
    let analysis = try graph.analysis()
    let unit = analysis.groups[0].units[2].id
    let small = try GraphSurgery(analysis).remove([unit], from: graph.graph)
    let shape = small.nodes.first { $0.operation == "Reshape" }?.inputs[1] ?? ""
    #expect(small.parameters()[shape]?.integers == [1, 12])
    #expect(small.parameters()["shape"] == nil)
  }

  @Test("concatenated channels stay apart, sliced ones are found again")
  func concat() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 2)
    graph.convolution("x", "b", 3, 3)
    graph.node("Concat", "a b", "c", [int("axis", 1)])
    for (name, values) in [("from", [1]), ("to", [4]), ("along", [1])] {
      graph.integers(name, values)
    }
    graph.node("Slice", "c from to along", "s")
    graph.convolution("s", "y", 3, 2)
    let analysis = try graph.analysis()
    #expect(analysis.slices(of: "a", "y.w", 1) == [[], [0]])
    #expect(analysis.slices(of: "b", "y.w", 1) == [[1], [2], []])
    let removed = [analysis.groups[0].units[0].id, analysis.groups[1].units[1].id]
    let small = try GraphSurgery(analysis).remove(Set(removed), from: graph.graph)
    let slice = try #require(small.nodes.first { $0.operation == "Slice" })
    #expect(small.parameters()[slice.inputs[1]]?.integers == [0])
    #expect(small.parameters()[slice.inputs[2]]?.integers == [2])
  }

  @Test("looked-up channels keep their order under new numbers")
  func gather() throws {
    var graph = SmallGraph(input: [1, 3])
    graph.weight("w", [3, 4])
    graph.node("MatMul", "x w", "a")
    graph.integers("order", [3, 0, 0, 2])
    graph.node("Gather", "a order", "g", [int("axis", 1)])
    graph.read("g", 4)
    let analysis = try graph.analysis()
    #expect(analysis.slices(of: "a", "reader", 0) == [[1, 2], [], [3], [0]])
    let small = try GraphSurgery(analysis).remove(
      [analysis.groups[0].units[1].id, analysis.groups[0].units[2].id], from: graph.graph)
    let gather = try #require(small.nodes.first { $0.operation == "Gather" })
    #expect(small.parameters()[gather.inputs[1]]?.integers == [1, 0, 0])
  }

  @Test("a channel shuffle couples the same position of every group")
  func shuffle() throws {
    var graph = SmallGraph()
    graph.convolution("x", "a", 3, 6)
    graph.integers("apart", [1, 2, 3, 6, 6])
    graph.integers("together", [1, 6, 6, 6])
    graph.node("Reshape", "a apart", "p")
    graph.node("Transpose", "p", "t", [ints("perm", 0, 2, 1, 3, 4)])
    graph.node("Reshape", "t together", "q")
    graph.convolution("q", "y", 6, 2)
    let analysis = try graph.analysis()
    #expect(analysis.slices(of: "a", "a.w", 0) == [[0, 3], [1, 4], [2, 5]])
    #expect(analysis.slices(of: "a", "y.w", 1) == [[0, 1], [2, 3], [4, 5]])
  }

  @Test("a tied matrix loses a row for its reader and its maker")
  func tied() throws {
    var graph = SmallGraph(input: [1, 3])
    graph.weight("first", [3, 4])
    graph.weight("tied", [4, 5])
    graph.node("MatMul", "x first", "a")
    graph.node("MatMul", "a tied", "code")
    graph.node("Gemm", "code tied", "back", [int("transB", 1)])
    graph.node("Add", "a back", "sum")
    graph.read("sum", 4)
    let analysis = try graph.analysis()
    #expect(analysis.groups.map(\.name) == ["a", "code"])
    #expect(analysis.slices(of: "a", "tied", 0) == [[0], [1], [2], [3]])
    #expect(analysis.slices(of: "code", "tied", 1) == [[0], [1], [2], [3], [4]])
  }

  @Test("a number of channels that enters arithmetic keeps them")
  func arithmetic() throws {
    var graph = SmallGraph(input: [1, 3])
    graph.weight("w", [3, 4])
    graph.node("MatMul", "x w", "a")
    graph.node("Shape", "a", "s")
    graph.integers("one", [1])
    graph.node("Gather", "s one", "count")
    graph.node("Cast", "count", "real", [int("to", 1)])
    graph.node("Sqrt", "real", "root")
    graph.node("Div", "a root", "d")
    graph.read("d", 4)
    let analysis = try graph.analysis()
    #expect(analysis.groups.isEmpty)
    #expect(analysis.reason("a") == "Sqrt 'root' computes with their number")
  }
}
