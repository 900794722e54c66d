import ModelZoo
import PruneCore
import PruneSupport
import TestSupport
import Testing
import TorchBackend

@testable import PruneSurgery

@Suite("Residual branches")
struct ResidualBranchTests {
  /// A stem, a bottleneck of two inner layers beside it, and a reader.
  private func bottleneck(bias: Bool = true) throws -> (SmallGraph, CouplingAnalysis) {
    var graph = SmallGraph()
    graph.convolution("x", "stem", 3, 4)
    graph.convolution("stem", "a", 4, 5)
    graph.node("Relu", "a", "ra")
    graph.convolution("ra", "b", 5, 6)
    graph.node("Relu", "b", "rb")
    graph.weight("c.w", [4, 6, 1, 1])
    graph.node("Conv", "rb c.w", "c")
    if bias {
      for name in ["s", "o", "m", "v"] { graph.weight(name, [4]) }
      graph.node("BatchNormalization", "c s o m v", "n")
      graph.node("Add", "n stem", "sum")
    } else {
      graph.node("Add", "stem c", "sum")
    }
    graph.node("Relu", "sum", "rs")
    graph.convolution("rs", "y", 4, 2)
    return (graph, try graph.analysis())
  }

  @Test("a branch holds the units that exist in it alone")
  func units() throws {
    let (_, analysis) = try bottleneck()
    let branch = try #require(analysis.branches.first)
    #expect(analysis.branches.count == 1)
    #expect(branch.name == "c")
    #expect(branch.layers == ["a", "b", "c"])
    let inner = ["a", "b"].flatMap { analysis.group($0)?.units.map(\.id) ?? [] }
    #expect(branch.units == inner.sorted())
    #expect(
      branch.gate.slices
        == [ParameterSlice(parameter: "c.w", axis: 1, indices: Array(0..<6), isConsumed: true)])
  }

  @Test("without its units a constant is left, and the sum goes where that is zero")
  func surgery() throws {
    let engine = try TorchEngine(threads: 1)
    for bias in [true, false] {
      let (small, analysis) = try bottleneck(bias: bias)
      let units = Set(analysis.branches[0].units + [analysis.groups[0].units[1].id])
      let cut = try GraphSurgery(analysis).remove(units, from: small.graph)
      #expect(
        cut.nodes.map(\.operation)
          == (bias ? ["Conv", "Add", "Relu", "Conv"] : ["Conv", "Relu", "Conv"]))
      if bias {
        // What the normalisation makes of zero: o − m · s / √(v + ε).
        let stored = small.graph.parameters()
        let (s, o) = (stored["s"]?.floats ?? [], stored["o"]?.floats ?? [])
        let (m, v) = (stored["m"]?.floats ?? [], stored["v"]?.floats ?? [])
        let expected = [0, 2, 3].map { o[$0] - m[$0] * s[$0] / (v[$0] + 1e-5).squareRoot() }
        let constant = try #require(cut.parameter(named: "c.constant"))
        #expect(constant.shape == [3, 1, 1])
        for (got, wanted) in zip(constant.floats ?? [], expected) {
          #expect(abs(got - wanted) < 1e-5)
        }
      }
      let input = HostTensor((0..<108).map { Float($0 % 7) - 3 }, shape: [1, 3, 6, 6])
      let outputs = try [cut, analysis.masking(units, in: small.graph)].map {
        try engine.run(try engine.prepare($0), on: [input])
      }
      #expect(SurgeryCheck.difference(outputs[0], outputs[1]) < 1e-6)
    }
  }

  @Test("all units but one of a branch leave it, all of an axis elsewhere cannot go")
  func emptied() throws {
    let (small, analysis) = try bottleneck()
    let surgery = GraphSurgery(analysis)
    let stem = Set(analysis.groups[0].units.map(\.id))
    #expect(throws: SurgeryError.emptied(units: 4, group: "stem")) {
      try surgery.remove(stem, from: small.graph)
    }
    let inner = Set(analysis.group("b")?.units.map(\.id) ?? [])
    #expect(throws: SurgeryError.self) { try surgery.remove(inner, from: small.graph) }
    let last = ["a", "b"].compactMap { analysis.group($0)?.units.last?.id }
    let left = try surgery.remove(
      Set(analysis.branches[0].units).subtracting(last), from: small.graph)
    #expect(left.nodes.count == small.graph.nodes.count)
  }

  @Test("nothing is a branch that another path needs, or that no path goes beside")
  func others() throws {
    var graph = block(inner: 5)
    graph.convolution("a", "side", 5, 4)
    graph.node("Mul", "sum side", "gated")
    graph.convolution("gated", "y", 4, 2)
    #expect(try graph.analysis().branches.isEmpty)

    var constant = SmallGraph()
    constant.convolution("x", "a", 3, 4)
    constant.convolution("a", "b", 4, 4)
    constant.node("Shape", "b", "shape")
    constant.node("ConstantOfShape", "shape", "zeros")
    constant.node("Add", "b zeros", "sum")
    constant.convolution("sum", "y", 4, 2)
    #expect(try constant.analysis().branches.isEmpty)

    var chain = SmallGraph()
    chain.convolution("x", "a", 3, 4)
    chain.convolution("a", "b", 4, 4)
    chain.weight("shift", [1, 4, 1, 1])
    chain.node("Add", "b shift", "sum")
    chain.convolution("sum", "y", 4, 2)
    #expect(try chain.analysis().branches.isEmpty)
  }

  @Test("of two branches of one sum only one can go")
  func twins() throws {
    var graph = SmallGraph()
    graph.convolution("x", "stem", 3, 4)
    for side in ["l", "r"] {
      graph.convolution("stem", side + "1", 4, 5)
      graph.convolution(side + "1", side + "2", 5, 4)
    }
    graph.node("Add", "l2 r2", "sum")
    graph.convolution("sum", "y", 4, 2)
    #expect(try graph.analysis().branches.map(\.name) == ["l2"])
  }

  /// `stem → a → b` added to `stem`, which gives `sum`.
  private func block(inner: Int) -> SmallGraph {
    var graph = SmallGraph()
    graph.convolution("x", "stem", 3, 4)
    graph.convolution("stem", "a", 4, inner)
    graph.convolution("a", "b", inner, 4)
    graph.node("Add", "stem b", "sum")
    return graph
  }

  /// Biases, and scales and statistics of normalisations, as training would leave them.
  private func withDrawnBiases(_ graph: Graph) throws -> Graph {
    var random = SeededGenerator(seed: 5)
    var changed: [String: HostTensor] = [:]
    for (name, tensor) in graph.parameters().sorted(by: { $0.key < $1.key })
    where tensor.shape.count == 1 && tensor.elementType == .float32 {
      changed[name] = HostTensor(
        (0..<tensor.count).map { _ in Float(random.uniform() + 0.2) }, shape: tensor.shape)
    }
    var result = graph
    try result.setParameters(changed)
    return result
  }

  @Test("what is tied or promised stays")
  func refusals() throws {
    var tied = block(inner: 4)
    tied.node("Conv", "sum b.w", "again")
    tied.convolution("again", "y", 4, 2)
    #expect(try tied.analysis().branches.isEmpty)
    var promised = SmallGraph()
    promised.convolution("x", "stem", 3, 4)
    promised.convolution("stem", "a", 4, 4)
    promised.convolution("a", "y", 4, 4)
    promised.node("Add", "stem y", "sum")
    #expect(try promised.analysis().branches.isEmpty)
  }

  @Test(
    "every residual block of the architectures", .tags(.engine),
    arguments: [("resnet20", 9), ("transformer-small", 4), ("lenet5", 0), ("mobilenet-small", 0)])
  func architectures(_ name: String, _ count: Int) throws {
    let graph = try withDrawnBiases(
      try Architecture(name).graph(options: ArchitectureOptions(widthMultiplier: 0.25), seed: 1))
    let check = SurgeryCheck(engine: try TorchEngine(threads: 1, precision: .float64))
    let program = try check.engine.prepare(graph)
    let shapes = try check.engine.shapes(
      of: program, on: check.inputs(of: graph, examples: 1, seed: 1))
    let analysis = graph.couplingGroups(shapes: shapes)
    #expect(analysis.branches.count == count)
    let units = Set(analysis.branches.flatMap(\.units))
    let small = try GraphSurgery(analysis).remove(units, from: graph)
    let batch = check.inputs(of: graph, examples: 2, seed: 1)
    let outputs = try [small, analysis.masking(units, in: graph)].map {
      try check.engine.run(try check.engine.prepare($0), on: batch)
    }
    #expect(SurgeryCheck.difference(outputs[0], outputs[1]) < 1e-5)
    let macs = MACCounter(small).macs(
      shapes: try check.engine.shapes(
        of: try check.engine.prepare(small), on: check.inputs(of: graph, examples: 1, seed: 1)))
    #expect(
      macs.values.reduce(0, +)
        == MACCounter(graph).macs(shapes: analysis.shapes(removing: units)).values.reduce(0, +))
  }
}
