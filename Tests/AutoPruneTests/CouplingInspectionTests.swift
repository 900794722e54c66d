import AutoPrune
import Testing
import TorchBackend

@Suite("Inspection of coupling groups")
struct CouplingInspectionTests {
  @Test("counts units, their parameters and what is left alone")
  func counts() throws {
    let graph = try Architecture("mlp:64-32-10").graph(
      options: ArchitectureOptions(inputShape: [64], classes: 10), seed: 1)
    let inspection = try CouplingInspection(graph, engine: try TorchEngine(threads: 1))
    #expect(inspection.groups.map(\.units) == [32])
    // A row of 64 weights, a bias, a column of 10.
    #expect(inspection.groups.map(\.parametersPerUnit) == [75])
    #expect(inspection.groups.first?.kind == "neuron")
    #expect(inspection.outputs == 42)
    #expect(inspection.prunableOutputs == 32)
    #expect(inspection.obstacles.map(\.blocked) == [10])
    #expect(inspection.obstacles.first?.operation == "graph output")
  }

  @Test("lists the residual branches that can go whole")
  func branches() throws {
    let graph = try Architecture("resnet20").graph(
      options: ArchitectureOptions(widthMultiplier: 0.25), seed: 1)
    let inspection = try CouplingInspection(graph, engine: try TorchEngine(threads: 1))
    #expect(inspection.branches.count == 9)
    #expect(inspection.branches.map(\.layers.count) == Array(repeating: 2, count: 9))
    #expect(inspection.branches.map(\.units) == [4, 4, 4, 8, 8, 8, 16, 16, 16])
  }

  @Test("an input without a shape is refused with its name")
  func unknownShape() throws {
    var graph = try Architecture("mlp:64-32-10").graph(
      options: ArchitectureOptions(inputShape: [64], classes: 10), seed: 1)
    graph.inputs[0].shape = nil
    #expect(throws: InspectionError.unknownShape("input")) {
      try CouplingInspection(graph, engine: try TorchEngine(threads: 1))
    }
  }
}
