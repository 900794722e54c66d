import PruneCore
import PruneData
import PruneFeatures
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("residual branches in structured pruning")
struct ResidualBranchPruningTests {
  /// 20 units and beside them a branch through 16 others.
  private static func network(quiet: Bool) throws -> Graph {
    var graph = TinyModels.mlp([6, 20, 16, 20, 4])
    let relu = try #require(graph.nodes.firstIndex { $0.name == "layer2.activation" })
    graph.nodes[relu].inputs = ["sum"]
    graph.nodes.insert(
      Node("Add", name: "add", inputs: ["layer0.activated", "layer2.product"], outputs: ["sum"]),
      at: relu)
    if quiet, let weight = graph.parameter(named: "layer2.weight") {
      let values = (weight.floats ?? []).map { $0 * 1e-3 }
      try graph.setParameters(["layer2.weight": HostTensor(values, shape: weight.shape)])
    }
    return graph
  }

  private func structure(
    _ session: PruningSession<ReferenceEngine>, _ granularity: Granularity,
    criterion: PruningCriterion = .units(.gate), alignment: Int = 1
  ) throws -> StructuredSelector<ReferenceEngine> {
    let batch = TinyModels.clusters(count: 96, features: 6, classes: 4)
    return try StructuredSelector(
      criterion, session: session,
      fit: try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters"),
      objective: .crossEntropy(labelSmoothing: 0),
      options: PruningOptions(
        budget: .maximumDrop(points: 0), granularity: granularity, objective: .macs,
        unitAlignment: alignment))
  }

  private func session(quiet: Bool = true) throws -> PruningSession<ReferenceEngine> {
    try PruningSession(Self.network(quiet: quiet), engine: ReferenceEngine())
  }

  @Test(
    "a branch goes whole, and the small network computes what the masked one does",
    arguments: [Granularity.layer, .auto],
    [PruningCriterion.units(.gate), .criterion(L1Criterion()), .criterion(MagnitudeCriterion())])
  func whole(_ granularity: Granularity, _ criterion: PruningCriterion) throws {
    let session = try session()
    let structure = try structure(session, granularity, criterion: criterion)
    // 840 MACs, 640 of them in the branch.
    let masks = try structure.masks(keeping: 0.3)
    let removed = structure.removedUnits(in: masks)
    if granularity == .layer {
      #expect(removed == Set(structure.analysis.branches[0].units))
      #expect(abs(structure.density(of: masks) - 200.0 / 840) < 1e-9)
    }
    try session.apply(masks)
    let masked = try session.currentGraph()
    let small = try structure.smallGraph(of: masked, masks: masks)
    let input = TinyModels.clusters(count: 5, features: 6, classes: 4).inputs
    let engine = ReferenceEngine()
    let outputs = try [masked, small].map { try engine.run(try engine.prepare($0), on: input)[0] }
    for (one, other) in zip(outputs[0].floats ?? [], outputs[1].floats ?? []) {
      #expect(abs(one - other) < 1e-4)
    }
    let weights = small.prunableLayers().count
    #expect(weights == (removed.isSuperset(of: structure.analysis.branches[0].units) ? 2 : 4))
  }

  @Test("auto takes a branch that says little before units that say more")
  func quietBranch() throws {
    let structure = try structure(try session(quiet: true), .auto)
    let removed = structure.removedUnits(in: try structure.masks(keeping: 0.25))
    #expect(removed.isSuperset(of: structure.analysis.branches[0].units))
  }

  @Test("channels alone leave every layer something")
  func channels() throws {
    let structure = try structure(try session(quiet: true), .channel)
    let removed = structure.removedUnits(in: try structure.masks(keeping: 0.3))
    #expect(!removed.isSuperset(of: structure.analysis.branches[0].units))
  }

  @Test("bundles that fill no fewer vectors go last")
  func aligned() throws {
    let session = try session(quiet: true)
    let structure = try structure(session, .auto, alignment: 16)
    let masks = try structure.masks(keeping: 0.6)
    // 16 to 8 inner units would do, and save a runtime with 16 lanes nothing.
    #expect(structure.removedUnits(in: masks) == Set(structure.analysis.branches[0].units))
  }

  @Test("what a coarse bundle saved beyond the goal comes back")
  func refilled() throws {
    let structure = try structure(try session(quiet: true), .auto, alignment: 4)
    let cost = try StructuralCost(
      [.macs], of: Self.network(quiet: true), analysis: structure.analysis
    ) {
      throw TrainingError.noOutput
    }
    var removal = UnitRemoval(structure.analysis)
    removal.remove(structure.analysis.branches[0])
    let units = structure.analysis.groups.flatMap(\.units).map(\.id)
    let scores = Dictionary(uniqueKeysWithValues: units.map { ($0, Double($0)) })
    func refill(upTo goal: Double, except gone: Set<Int> = []) -> [Int] {
      var result = removal
      result.refill(
        choosing: RemovalChoice(
          scores: scores, units: Set(units), branches: structure.analysis.branches, cost: cost,
          goal: goal),
        alignment: UnitAlignment(multiple: 4), except: gone)
      return structure.analysis.groups.map { $0.units.count - result.removedCount(of: $0) }
    }
    // 200 of 840 MACs are left, and 40 more with each of the 16 inner units.
    #expect(refill(upTo: 0.23) == [20, 0])
    #expect(refill(upTo: 0.45) == [20, 4])
    #expect(refill(upTo: 0.65) == [20, 8])
    #expect(refill(upTo: 1) == [20, 16])
    #expect(
      refill(upTo: 1, except: Set(structure.analysis.branches[0].units.dropFirst(7))) == [20, 4])
  }

  @Test("a network without residual paths has nothing of that kind")
  func none() throws {
    let session = try PruningSession(TinyModels.mlp([6, 20, 4]), engine: ReferenceEngine())
    #expect(
      throws: SelectionError.nothingStructural("no residual path carries on without layers")
    ) { try structure(session, .layer) }
  }

  @Test("shapes for a runtime with lanes are multiples where there was one before")
  func filledShapes() throws {
    let session = try session()
    let structure = try structure(session, .auto)
    let inner = structure.analysis.groups[1].units.map(\.id)
    let outer = structure.analysis.groups[0].units.map(\.id)
    let shapes = structure.analysis.shapes(
      removing: Set(inner.prefix(9) + outer.prefix(5)), filledTo: 16)
    #expect(shapes["layer1.weight"] == [16, 16])
    #expect(shapes["layer3.weight"]?[1] == 16)
    #expect(
      structure.analysis.shapes(removing: Set(outer.prefix(3)), filledTo: 16)["layer0.weight"]
        == [32, 6])
    #expect(
      structure.analysis.shapes(removing: Set(inner), filledTo: 16)["layer1.weight"]?[0] == 0)
  }
}
