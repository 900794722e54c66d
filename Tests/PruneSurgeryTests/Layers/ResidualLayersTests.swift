import ModelZoo
import ONNXFormat
import PruneCore
import TestSupport
import Testing
import TorchBackend

@testable import PruneSurgery

@Suite("Layers beside a residual path")
struct ResidualLayersTests {
  private let engine: TorchEngine

  init() throws { engine = try TorchEngine(threads: 1, precision: .float64) }

  private func shapes(of graph: Graph) throws -> [String: [Int]] {
    let check = SurgeryCheck(engine: engine)
    return try engine.shapes(
      of: try engine.prepare(graph), on: check.inputs(of: graph, examples: 1, seed: 1))
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

  private func compare(_ graph: Graph, _ analysis: CouplingAnalysis, removing removed: Set<Int>)
    throws
  {
    let check = SurgeryCheck(engine: engine)
    let small = try ONNXReader().read(
      try ONNXWriter().encode(try GraphSurgery(analysis).remove(removed, from: graph)))
    let inputs = check.inputs(of: graph, examples: 2, seed: 2)
    let program = try engine.prepare(small)
    let masked = try engine.run(
      try engine.prepare(try analysis.masking(removed, in: graph)), on: inputs)
    #expect(SurgeryCheck.difference(try engine.run(program, on: inputs), masked) < 1e-5)
    let dense = try engine.run(try engine.prepare(graph), on: inputs)
    #expect(SurgeryCheck.difference(masked, dense) > 1e-4)
    let macs = MACCounter(small).macs(shapes: try shapes(of: small)).values.reduce(0, +)
    let predicted = MACCounter(graph).macs(shapes: analysis.shapes(removing: removed)).values
    #expect(macs == predicted.reduce(0, +))
    #expect(
      macs < MACCounter(graph).macs(shapes: analysis.shapes(removing: [])).values.reduce(0, +))
    #expect(small.outputs.map(\.name) == graph.outputs.map(\.name))
    let gone = analysis.groups.filter { removed.contains($0.units[0].id) }.flatMap(\.layers)
    #expect(Set(small.prunableLayers().map(\.name)).isDisjoint(with: gone))
  }

  @Test(
    "the network without them computes what the masked one does",
    arguments: [
      (Architecture.resnet(depth: 20), 9, 2), (.transformerSmall, 4, 0),
    ])
  func models(_ architecture: Architecture, branches: Int, layers: Int) throws {
    let options = ArchitectureOptions(widthMultiplier: 0.25)
    let graph = try withDrawnBiases(try architecture.graph(options: options, seed: 1))
    let analysis = graph.residualLayers(shapes: try shapes(of: graph))
    #expect(analysis.groups.count == branches)
    #expect(analysis.groups.allSatisfy { $0.kind == .layer && $0.units.count == 1 })
    if layers > 0 { #expect(analysis.groups.allSatisfy { $0.layers.count == layers }) }
    let units = analysis.groups.map { $0.units[0].id }
    try compare(graph, analysis, removing: [units[0]])
    try compare(graph, analysis, removing: [units[1], units[units.count - 1]])
    try compare(graph, analysis, removing: Set(units))
  }

  @Test("a branch without biases leaves no trace")
  func noBiases() throws {
    let graph = try Architecture.resnet(depth: 8).graph(
      options: ArchitectureOptions(widthMultiplier: 0.25), seed: 1)
    let analysis = graph.residualLayers(shapes: try shapes(of: graph))
    let branch = try #require(analysis.groups.first)
    let small = try GraphSurgery(analysis).remove([branch.units[0].id], from: graph)
    #expect(small.nodes.count { $0.operation == "Add" } == 2)
    #expect(graph.nodes.count { $0.operation == "Add" } == 3)
    #expect(!small.nodes.contains { $0.operation == "Identity" })
  }

  private func layers(_ build: (inout SmallGraph) -> Void) throws -> [[String]] {
    var small = SmallGraph()
    build(&small)
    let graph = small.graph
    return graph.residualLayers(shapes: try shapes(of: graph)).groups.map(\.layers)
  }

  @Test("the longer side of an addition is the branch, the shorter the residual path")
  func downsampling() throws {
    let found = try layers {
      $0.convolution("x", "short", 3, 4)
      $0.convolution("x", "a", 3, 5)
      $0.node("Relu", "a", "r")
      $0.convolution("r", "b", 5, 4)
      $0.node("Add", "short b", "sum")
      $0.convolution("sum", "y", 4, 2)
    }
    #expect(found == [["a", "b"]])
  }

  @Test("what others read, what no layer ends and what is tied stays")
  func refusals() throws {
    let readTwice = try layers {
      $0.convolution("x", "a", 3, 3)
      $0.node("Add", "x a", "sum")
      $0.node("Mul", "sum a", "y")
    }
    #expect(readTwice.isEmpty)
    let withoutLayer = try layers {
      $0.node("Relu", "x", "r")
      $0.node("Add", "x r", "sum")
      $0.convolution("sum", "y", 3, 2)
    }
    #expect(withoutLayer.isEmpty)
    let pastLayer = try layers {
      $0.convolution("x", "a", 3, 3)
      $0.node("Sigmoid", "x", "gate")
      $0.node("Mul", "a gate", "gated")
      $0.node("Add", "x gated", "sum")
      $0.convolution("sum", "y", 3, 2)
    }
    #expect(pastLayer.isEmpty)
    let tied = try layers {
      $0.convolution("x", "a", 3, 3)
      $0.node("Conv", "x a.w", "b")
      $0.node("Add", "x a", "sum")
      $0.node("Mul", "sum b", "y")
    }
    #expect(tied.isEmpty)
    let promised = try layers {
      $0.convolution("x", "y", 3, 3)
      $0.node("Add", "x y", "sum")
    }
    #expect(promised.isEmpty)
  }

  @Test("units that say nothing are looked for among channels alone")
  func constantUnits() throws {
    let graph = try Architecture.resnet(depth: 8).graph(
      options: ArchitectureOptions(widthMultiplier: 0.25), seed: 1)
    let analysis = graph.residualLayers(shapes: try shapes(of: graph))
    #expect(try GraphSurgery(analysis).removeConstantUnits(from: graph).removed.isEmpty)
  }

  @Test("random graphs without some of them compute what the masked ones do", .tags(.property))
  func randomGraphs() throws {
    let check = SurgeryCheck(engine: engine)
    var found = 0
    for seed in RandomGraphTests.first..<RandomGraphTests.first + UInt64(RandomGraphTests.count) {
      let graph = RandomGraph.draw(seed: seed)
      let shapes = try engine.shapes(
        of: try engine.prepare(graph), on: check.inputs(of: graph, examples: 1, seed: seed))
      let analysis = graph.residualLayers(shapes: shapes)
      var random = SeededGenerator(seed: seed, stream: "layers")
      let removed = Set(
        analysis.groups.map { $0.units[0].id }.filter { _ in random.uniform() < 0.7 })
      guard !removed.isEmpty else { continue }
      found += removed.count
      let small = try ONNXReader().read(
        try ONNXWriter().encode(try GraphSurgery(analysis).remove(removed, from: graph)))
      let inputs = check.inputs(of: graph, examples: 2, seed: seed)
      let masked = try engine.run(
        try engine.prepare(try analysis.masking(removed, in: graph)), on: inputs)
      let difference = SurgeryCheck.difference(
        try engine.run(try engine.prepare(small), on: inputs), masked)
      #expect(difference < 1e-5, "seed \(seed)")
    }
    print("\(found) layers of random graphs removed")
    #expect(found > RandomGraphTests.count / 60)
  }
}
