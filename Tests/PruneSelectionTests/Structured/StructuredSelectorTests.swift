import PruneCore
import PruneData
import PruneFeatures
import PruneLearning
import PrunePredictor
import PruneSession
import PruneSurgery
import PruneTraining
import TestSupport
import Testing

@testable import PruneSelection

@Suite("structured pruning")
struct StructuredSelectorTests {
  private static let criteria: [PruningCriterion] = [
    .units(.gate), .criterion(L1Criterion()), .criterion(TaylorCriterion()),
    .criterion(MagnitudeCriterion()), .criterion(RandomCriterion()),
  ]

  private func structure(
    _ criterion: PruningCriterion, _ session: PruningSession<ReferenceEngine>,
    objectives: [CostObjective] = [.parameters], alignment: Int = 1
  ) throws -> StructuredSelector<ReferenceEngine> {
    var options = PruningOptions(
      budget: .maximumDrop(points: 0), granularity: .channel, unitAlignment: alignment)
    options.objectives = objectives
    let batch = TinyModels.clusters(count: 96, features: 6, classes: 4)
    return try StructuredSelector(
      criterion, session: session,
      fit: try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters"),
      objective: .crossEntropy(labelSmoothing: 0), options: options)
  }

  private func session() throws -> PruningSession<ReferenceEngine> {
    try PruningSession(TinyModels.mlp([6, 20, 12, 4]), engine: ReferenceEngine())
  }

  @Test(
    "no more of the cost is left than asked, and not much less", arguments: criteria,
    [CostObjective.parameters, .macs, .bytes])
  func cost(_ criterion: PruningCriterion, _ objective: CostObjective) throws {
    let session = try session()
    let structure = try structure(criterion, session, objectives: [objective])
    for density in [0.8, 0.5, 0.25] {
      let masks = try structure.masks(keeping: density)
      let left = structure.density(of: masks)
      #expect(left <= density + 1e-9)
      // The largest unit, one of 12 inputs and 6 outputs with its bias, is a twentieth of the network.
      #expect(left > density - 0.11, "\(criterion.name) leaves \(left)")
      #expect(session.masks.count == 0, "the network was changed")
    }
  }

  @Test("counted in units, the same share of each goes", arguments: criteria)
  func units(_ criterion: PruningCriterion) throws {
    let session = try session()
    let structure = try structure(criterion, session, objectives: [.units])
    let removed = structure.removedUnits(in: try structure.masks(keeping: 0.5))
    #expect(removed.count == 16)
  }

  @Test("groups are left with multiples, or halves of one", arguments: criteria)
  func alignment(_ criterion: PruningCriterion) throws {
    let session = try session()
    let structure = try structure(criterion, session, alignment: 8)
    let masks = try structure.masks(keeping: 0.5)
    #expect(structure.density(of: masks) <= 0.5)
    try session.apply(masks)
    let small = try structure.smallGraph(of: try session.currentGraph(), masks: masks)
    let widths = small.prunableLayers().map(\.shape)
    // 20 and 12 units: those of an untouched group stay as they are.
    #expect([20, 16, 8, 4, 2, 1].contains(widths[0][0]), "\(widths)")
    #expect([12, 8, 4, 2, 1].contains(widths[1][0]), "\(widths)")
  }

  @Test("the odds of a predictor of the gates alone choose what the gates choose")
  func predictor() throws {
    let names = UnitFeatureRegistry.descriptors.map(\.name)
    let prior = LogisticPredictor(
      basis: .products(of: names, sparsityPowers: [0]), rankingBy: "unit-log-gate")
    let session = try session()
    for density in [0.7, 0.4] {
      let byGates = try structure(.units(.gate), session).masks(keeping: density)
      let byOdds = try structure(.predictor(prior, name: "prior"), session).masks(keeping: density)
      #expect(byOdds == byGates)
    }
  }

  @Test("what sets of units are probed for leaves the network as it was")
  func probes() throws {
    let session = try session()
    let structure = try structure(.units(.gate), session)
    let before = try session.currentGraph()
    let judged = TinyModels.clusters(count: 64, features: 6, classes: 4, seed: 9)
    var probing = UnitProbing()
    probing.states = 3
    probing.sets = 16
    let states = try structure.probes(
      probing,
      judged: try ExampleSet(inputs: judged.inputs, targets: judged.targets, named: "judged"))
    #expect(states.count == 3)
    #expect(try session.currentGraph() == before)
    #expect(session.masks.count == 0)
    for state in states {
      let rows = state.table.layers[0].layer.count
      #expect(state.sets.count == state.changes.count)
      #expect(state.sets.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0..<rows).contains($0) } })
      #expect(state.table.layers[0].columns.allSatisfy { $0.count == rows })
    }
    #expect(states[0].table.layers[0].layer.count == 32)
    #expect(states[0].density == 1)
    // Nothing is closer to the dense network than it is itself.
    #expect(states[0].changes.allSatisfy { $0 > -1e-6 })
    #expect(states[2].density <= 0.2 + 1e-9)
  }

  @Test("a unit is removed whole, and the small network computes what the masked one does")
  func equality() throws {
    let session = try session()
    let structure = try structure(.units(.gate), session)
    let masks = try structure.masks(keeping: 0.4)
    let removed = structure.analysis.groups.map { group in
      group.units.count { unit in
        unit.slices.filter(\.isConsumed).allSatisfy { slice in
          guard let mask = masks[slice.parameter],
            let layer = session.layers.first(where: { $0.parameter == slice.parameter })
          else { return false }
          let columns = slice.axis == 1
          let width = layer.shape[1]
          return mask.kept.indices.allSatisfy {
            !slice.indices.contains(columns ? $0 % width : $0 / width) || !mask.kept[$0]
          }
        }
      }
    }
    #expect(removed.reduce(0, +) > 0)
    try session.apply(masks)
    let small = try structure.smallGraph(of: try session.currentGraph(), masks: masks)
    let widths = small.prunableLayers().map(\.shape)
    #expect(widths[0] == [20 - removed[0], 6])
    #expect(widths[1] == [12 - removed[1], 20 - removed[0]])
    #expect(widths[2] == [4, 12 - removed[1]])
    let engine = ReferenceEngine()
    let inputs = TinyModels.clusters(count: 20, features: 6, classes: 4).inputs
    let masked = try #require(try engine.run(try session.program, on: inputs).first?.floats)
    let cut = try #require(try engine.run(try engine.prepare(small), on: inputs).first?.floats)
    for (left, right) in zip(masked, cut) { #expect(abs(left - right) < 1e-4 * (1 + abs(left))) }
  }

  @Test("what is gone stays gone, and ever more goes")
  func nesting() throws {
    let session = try session()
    let structure = try structure(.units(.gate), session)
    let first = try structure.masks(keeping: 0.7)
    try session.apply(first)
    let second = try structure.masks(keeping: 0.4)
    for layer in session.layers {
      let earlier = try #require(first[layer.parameter]).kept
      let later = try #require(second[layer.parameter]).kept
      #expect(earlier.count == later.count)
      #expect(zip(earlier, later).allSatisfy { $0 || !$1 })
    }
    #expect(structure.density(of: second) < structure.density(of: first))
  }

  @Test("a cost that one unit per axis exceeds is refused")
  func tooSmall() throws {
    let structure = try structure(.units(.gate), try session())
    #expect(throws: SelectionError.self) { try structure.masks(keeping: 0.01) }
  }

  @Test("criteria of units need units, and batch normalisation where they read it")
  func refusals() throws {
    let session = try session()
    #expect(throws: SelectionError.noNormalization) {
      try structure(.units(.normalizationScale), session).masks(keeping: 0.5)
    }
    let batch = TinyModels.clusters(count: 30, features: 6, classes: 4)
    let examples = try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters")
    for (criterion, granularity) in [
      (PruningCriterion.units(.gate), Granularity.element), (.criterion(L1Criterion()), .kernel),
    ] {
      #expect(throws: SelectionError.structuralOnly(criterion.name)) {
        try SelectorChoice(
          criterion, session: session, fit: examples, objective: .crossEntropy(labelSmoothing: 0),
          options: PruningOptions(budget: .maximumDrop(points: 0), granularity: granularity)
        ).finalSelector().select(keeping: 0.5)
      }
    }
    #expect(throws: SelectionError.self) {
      try StructuredSelector(
        .units(.gate), session: session, fit: examples,
        objective: .crossEntropy(labelSmoothing: 0),
        options: PruningOptions(budget: .maximumDrop(points: 0), granularity: .head))
    }
  }

  @Test("the gate's score is the Fisher information of the unit")
  func gates() throws {
    // y = w₂ · w₁ x with one example of class probabilities p: the gate's gradient for class c is
    // Σₖ (pₖ − [k = c]) w₂ₖ h, whose mean square over c ~ p is h² Var_p(w₂).
    let session = try PruningSession(
      TinyModels.mlp([2, 3, 2], activation: "Identity", hasBias: false), engine: ReferenceEngine())
    let inputs = HostTensor([0.4, -0.7] as [Float], shape: [1, 2])
    let many = HostTensor((0..<4000).flatMap { _ in [0.4, -0.7] as [Float] }, shape: [4000, 2])
    let examples = try ExampleSet(
      inputs: [many], targets: .labels([Int](repeating: 0, count: 4000)), named: "one")
    let sample = try GateSample(examples, of: session, isClassifier: true, limit: 4000, seed: 1)
    let structure = try structureOfAll(session, examples)
    let units = structure.analysis.groups[0].units
    let scores = try GateSaliency(session: session, sample: sample).scores(of: units)
    let weights = session.graph.parameters()
    let first = try #require(weights["layer0.weight"]?.floats)
    let second = try #require(weights["layer1.weight"]?.floats)
    let output = try #require(
      try session.engine.run(try session.program, on: [inputs]).first?.floats)
    let difference = Double(output[1] - output[0])
    let p = 1 / (1 + Double.exponential(-difference))
    for (index, unit) in units.enumerated() {
      let hidden = Double(first[2 * index]) * 0.4 - Double(first[2 * index + 1]) * 0.7
      let spread = Double(second[index] - second[3 + index])
      let expected = 0.5 * hidden * hidden * spread * spread * p * (1 - p)
      let got = try #require(scores[unit.id])
      #expect(abs(got - expected) < 0.25 * expected + 1e-6, "\(got) instead of \(expected)")
    }
  }

  private func structureOfAll(
    _ session: PruningSession<ReferenceEngine>, _ examples: ExampleSet
  ) throws -> StructuredSelector<ReferenceEngine> {
    try StructuredSelector(
      .units(.gate), session: session, fit: examples,
      objective: .crossEntropy(labelSmoothing: 0),
      options: PruningOptions(budget: .maximumDrop(points: 0), granularity: .channel))
  }
}
