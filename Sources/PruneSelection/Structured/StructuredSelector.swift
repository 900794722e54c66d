import Foundation
package import PruneCore
package import PruneData
package import PruneFeatures
package import PruneSession
package import PruneSurgery

/// Chooses coupled units of a network that go together, and cuts them out at the end.
///
/// Between scoring and scoring again the cost falls by equal factors. Units are taken by score per
/// cost saved, over all groups together, or evenly from every group where scores of different
/// layers cannot be compared; whole residual branches compete with single units. Which units are
/// gone is read off the masks, so that whatever keeps masks keeps the structure.
package final class StructuredSelector<E: Engine>: MaskSelector {
  package let analysis: CouplingAnalysis
  package let session: PruningSession<E>
  private let scorer: UnitScorer<E>
  package let cost: StructuralCost
  /// Units that may go, one by one or with a branch.
  package let units: [CoupledUnit]
  /// Ids of those that may go one by one.
  package let single: Set<Int>
  package let branches: [ResidualBranch]
  private let alignment: UnitAlignment
  package let options: PruningOptions
  package let examples: ExampleSet
  package let isClassifier: Bool
  private var sample: GateSample?
  /// Rounds of scoring that ``masks(keeping:)`` took, over all calls.
  package private(set) var scoringRounds = 0

  /// - Throws: ``SelectionError/nothingStructural(_:)`` where no unit can go.
  package init(
    _ criterion: PruningCriterion, session: PruningSession<E>, fit examples: ExampleSet,
    objective: Objective, options: PruningOptions
  ) throws {
    self.session = session
    self.options = options
    self.examples = examples
    let analysis = session.graph.couplingGroups(
      shapes: try session.exampleShapes(from: examples))
    let kinds = options.granularity.unitKinds
    // Counted in units a branch saves what its units do one by one.
    branches =
      options.granularity.removesBranches
        && (kinds.isEmpty || !options.countedObjectives.contains(.units))
      ? analysis.branches : []
    single = Set(analysis.groups.filter { kinds.contains($0.kind) }.flatMap(\.units).map(\.id))
    let candidates = single.union(branches.flatMap(\.units))
    units = analysis.groups.flatMap(\.units).filter { candidates.contains($0.id) }
    guard !units.isEmpty else {
      throw SelectionError.nothingStructural(
        kinds.isEmpty
          ? "no residual path carries on without layers"
          : analysis.obstacles.first.map { "\($0.blockage)" } ?? "no layer has outputs of that kind"
      )
    }
    self.analysis = analysis
    var alignment = UnitAlignment(multiple: max(1, options.unitAlignment))
    cost = try StructuralCost(
      options.countedObjectives, of: session.graph, analysis: analysis,
      kinds: kinds.isEmpty ? Set(CouplingGroup.Kind.allCases) : kinds
    ) {
      let model = try LatencyModel(
        fitting: session.graph, analysis: analysis, engine: session.engine,
        inputs: examples.batch(0..<1).inputs)
      if alignment.multiple == 1 { alignment = model.alignment }
      return model
    }
    self.alignment = alignment
    scorer = UnitScorer(
      criterion: criterion, session: session, examples: examples, objective: objective,
      options: options)
    isClassifier = objective != .meanSquaredError
  }

  /// In the unit of the objective, the first of several.
  package var denseCost: Double { cost.dense.first ?? 0 }

  /// Share of the dense network's cost that is left under some masks; of several costs the largest.
  package func density(of masks: MaskSet) -> Double {
    cost.value(removing: removedUnits(in: masks))
  }

  package func select(keeping density: Double) throws -> SelectedMasks {
    let rounds = scoringRounds
    let masks = try masks(keeping: density)
    return SelectedMasks(
      masks: masks, selectedBy: scorer.source, gradientEvaluations: scoringRounds - rounds)
  }

  /// Masks under which at most `density` of the dense network's cost is left; the network stays as it is.
  ///
  /// - Throws: `SelectionError.tooFew` where the cost cannot fall so far with one unit left on every axis.
  package func masks(keeping density: Double) throws -> MaskSet {
    let before = try session.snapshot()
    var removal = UnitRemoval(analysis, removed: removedUnits(in: session.masks))
    let start = cost.value(removing: removal.removed)
    let target = density
    let gone = removal.removed
    var known: [Int: Double] = [:]
    let rounds = target < start ? Self.rounds(from: start, to: target) : 0
    for round in 0..<rounds {
      let step = Self.step(from: start, to: target, round: round, of: rounds)
      let remaining = units.filter { !removal.removed.contains($0.id) }
      let scores = try scorer.scores(
        of: remaining, branches: branches.filter(removal.canRemove), keeping: target, gates: gates
      ) { [removal] in
        try table($0, of: $1, branches: $2, after: removal, towards: target)
      }
      scoringRounds += 1
      known.merge(scores.values) { $1 }
      let isLast = !scores.isIterated || round == rounds - 1
      let allowed = single.subtracting(removal.removed)
      let choice = RemovalChoice(
        scores: scores.values, units: allowed, branches: branches, cost: cost, goal: target)
      switch scores.scope {
      case .layerwise where !single.isEmpty:
        removal.removeEvenly(
          downTo: target, scores: scores.values, among: allowed, cost: cost, alignment: alignment)
      case .global where alignment.multiple > 1:
        removal.removeBundles(
          downTo: isLast ? target : step, choosing: choice, alignment: alignment)
      case .global, .layerwise:
        removal.remove(downTo: isLast ? target : step, choosing: choice)
      }
      if isLast {
        if alignment.multiple == 1 || scores.scope == .global {
          land(&removal, on: target, scores: known, gone: gone)
        }
        break
      }
      try session.apply(masks(removing: removal.removed))
      if session.hasNormalization {
        try session.reestimateNormalization(on: examples, options: options)
      }
    }
    if rounds > 1 { try session.restore(before) }
    let left = cost.value(removing: removal.removed)
    guard left <= target * (1 + 1e-9) else {
      throw SelectionError.tooFew(
        asked: Int(target * cost.dense[0]), needed: Int((left * cost.dense[0]).rounded(.up)),
        layer: analysis.groups.first?.name ?? "")
    }
    return masks(removing: removal.removed)
  }

  /// Brings costs that fell too far back up to their goal.
  private func land(
    _ removal: inout UnitRemoval, on target: Double, scores: [Int: Double], gone: Set<Int>
  ) {
    if alignment.multiple == 1 {
      BudgetRepair(
        target: target, scores: scores, gone: gone.union(removal.inRemovedBranches), cost: cost
      ).settle(&removal, among: units.filter { single.contains($0.id) })
    } else {
      let coupled = units.lazy.map(\.id).filter { [single] in !single.contains($0) }
      removal.refill(
        choosing: RemovalChoice(
          scores: scores, units: single, branches: branches, cost: cost, goal: target),
        alignment: alignment, except: gone.union(coupled))
    }
  }

  /// The network without the removed units, physically smaller.
  package func smallGraph(of graph: Graph, masks: MaskSet) throws -> Graph {
    try GraphSurgery(analysis).remove(removedUnits(in: masks), from: graph)
  }

  /// Masks of all prunable layers, those included that lose nothing.
  package func masks(removing removed: Set<Int>) -> MaskSet {
    var result = analysis.masks(removing: removed, of: session.graph)
    for layer in session.layers {
      let mask = result[layer.parameter] ?? Mask(keepingAll: layer.count)
      result[layer.parameter] = session.masks[layer.parameter]?.intersection(mask) ?? mask
    }
    return result
  }

  /// Units whose weights are all masked where they are read.
  package func removedUnits(in masks: MaskSet) -> Set<Int> {
    let layers = Dictionary(
      session.layers.map { ($0.parameter, $0) }, uniquingKeysWith: { first, _ in first })
    func isWanted(_ slice: ParameterSlice) -> Bool {
      slice.isConsumed && layers[slice.parameter] != nil
    }
    let axes = AxisSums.axes(of: units, where: isWanted)
    var kept = AxisSums()
    for (name, wanted) in axes {
      guard let layer = layers[name], let mask = masks[name] else { continue }
      kept.add(mask.kept.map { $0 ? 1 : 0 }, of: name, shape: layer.shape, axes: wanted)
    }
    var masked: Set<Int> = []
    for unit in units {
      let slices = unit.slices.filter { isWanted($0) && masks[$0.parameter] != nil }
      if !slices.isEmpty, slices.allSatisfy({ kept.sum(over: $0) == 0 }) { masked.insert(unit.id) }
    }
    var removal = UnitRemoval(analysis)
    for branch in branches
    where branch.units.allSatisfy(masked.contains) && removal.canRemove(branch) {
      removal.remove(branch)
    }
    for unit in units where masked.contains(unit.id) && removal.canRemove(unit.id) {
      removal.remove(unit.id)
    }
    return removal.removed
  }

  package func gates(of units: [CoupledUnit]) throws -> [Int: Double] {
    try GateSaliency(session: session, sample: try gateSample()).scores(of: units)
  }

  private func gateSample() throws -> GateSample {
    let sample =
      try self.sample
      ?? GateSample(examples, of: session, isClassifier: isClassifier, seed: options.seed)
    self.sample = sample
    return sample
  }

  /// Features of units, then of branches, of the network as it is.
  package func table(
    _ names: [String], of units: [CoupledUnit], branches: [ResidualBranch],
    after removal: UnitRemoval, towards target: Double
  ) throws -> FeatureTable {
    let perGroup = cost.savings(after: removal.removed, towards: target)
    var savings: [Int: Double] = [:]
    for (group, saving) in zip(analysis.groups, perGroup) {
      for unit in group.units { savings[unit.id] = saving }
    }
    let current = cost.shares(removing: removal.removed)
    for branch in branches {
      savings[branch.gate.id] = cost.saving(
        of: branch.units, after: removal.removed, leaving: current, towards: target)
    }
    let measuring = UnitMeasuring(
      session: session, sample: try gateSample(), groups: analysis.groups)
    return try UnitTable.make(
      names,
      of: try measuring.measurements(
        of: units, branches: branches, removed: removal.removed, savings: savings))
  }

  /// One round for every factor of ``roundFactor``.
  private static func rounds(from start: Double, to target: Double) -> Int {
    let factor = max(target, start * 1e-3) / start
    return max(1, Int((log(factor) / log(roundFactor)).rounded(.up)))
  }

  private static func step(
    from start: Double, to target: Double, round: Int, of rounds: Int
  ) -> Double {
    start * pow(max(target, start * 1e-3) / start, Double(round + 1) / Double(rounds))
  }

  /// Cost left by one round.
  private static var roundFactor: Double { 0.92 }
}
