import AutoPrune
import Testing
import TorchBackend

@Suite("Costs of structure")
struct StructuralCostTests {
  private func structure(
    _ architecture: Architecture, _ options: ArchitectureOptions, _ objectives: [CostObjective],
    by criterion: PruningCriterion
  ) throws -> (graph: Graph, pruning: StructuredSelector<TorchEngine>) {
    let graph = try architecture.graph(options: options, seed: 3)
    let inputs = try DataSet.random(for: graph, examples: 10).train.fitted(to: graph)
    var wanted = PruningOptions(budget: .maximumDrop(points: 0), granularity: .auto)
    wanted.objectives = objectives
    return (
      graph,
      try StructuredSelector(
        criterion, session: try PruningSession(graph, engine: try TorchEngine(threads: 1)),
        fit: inputs, objective: .crossEntropy(labelSmoothing: 0), options: wanted)
    )
  }

  @Test(
    "of several costs each falls to the goal, and none far below it",
    arguments: [Architecture.digitsCNN, .lenet5, .cnn([16, 32, 64])])
  func several(_ architecture: Architecture) throws {
    // Convolutions hold most of the MACs, linear layers most of the bytes.
    let (graph, pruning) = try structure(
      architecture, ArchitectureOptions(), [.macs, .bytes], by: try .criterion(named: "l1"))
    let removed = pruning.removedUnits(in: try pruning.masks(keeping: 0.5))
    for objective in [CostObjective.macs, .bytes] {
      let cost = try StructuralCost([objective], of: graph, analysis: pruning.analysis) {
        throw BudgetError.unknownGranularity("no latency is asked for")
      }
      let left = cost.value(removing: removed)
      #expect(left <= 0.5 + 1e-9 && left > 0.45, "\(left) of \(objective)")
    }
  }

  @Test("counted in units, half of the heads and half of the neurons go")
  func units() throws {
    let (_, pruning) = try structure(
      .transformerSmall, ArchitectureOptions(inputShape: [8], hidden: [16], vocabulary: 5),
      [.units], by: .units(.gate))
    let removed = pruning.removedUnits(in: try pruning.masks(keeping: 0.5))
    for kind in [CouplingGroup.Kind.head, .neuron] {
      let units = pruning.analysis.groups.filter { $0.kind == kind }.flatMap(\.units)
      #expect(units.count { removed.contains($0.id) } * 2 == units.count, "\(kind)")
    }
  }

  @Test(
    "whole layers go where a residual path carries on, those first whose last weights say least")
  func layers() async throws {
    var graph = try Architecture.resnet(depth: 20).graph(
      options: ArchitectureOptions(
        inputShape: [1, 8, 8], classes: 10, widthMultiplier: 0.25), seed: 3)
    let digits = try DataSet.digits()
    let weak = try #require(graph.prunableLayers().first { $0.name == "layer1.1.conv2" })
    let weights = try #require(graph.parameters()[weak.parameter]?.floats)
    try graph.setParameters([
      weak.parameter: HostTensor(weights.map { $0 * 1e-3 }, shape: weak.shape)
    ])
    var options = PruningOptions(
      budget: .sparsity(try Sparsity(0.4)), granularity: .layer, objective: .macs)
    options.compensation = .closedForm
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .preset("default"))
    let pruned = try await pruner.prune(graph, on: digits, options: options)
    #expect(pruned.isBudgetMet)
    #expect(Double(pruned.report.pruned.macs) <= 0.6 * Double(pruned.report.dense.macs))
    let left = Set(pruned.graph.prunableLayers().map(\.name))
    #expect(!left.contains(weak.name))
    #expect(left.count < graph.prunableLayers().count - 2)
    #expect(left.isSubset(of: graph.prunableLayers().map(\.name)))
  }
}
