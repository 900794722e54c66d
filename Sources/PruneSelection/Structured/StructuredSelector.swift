import Foundation
package import PruneCore
package import PruneData
package import PruneFeatures
package import PruneSession
package import PruneSurgery

/// Selects coupled units of a network to prune, and cuts them out at the end.
///
/// Units are scored in rounds, between which the cost falls by equal factors. Units are pruned by score
/// per saved cost, over all groups together, or evenly from every group where scores of different
/// layers cannot be compared; whole residual branches compete with single units. Pruned units are
/// read from the masks, so that masks alone keep the structure.
package final class StructuredSelector<E: Engine>: MaskSelector {
  package let analysis: CouplingAnalysis
  package let session: PruningSession<E>
  private let scorer: UnitScorer<E>
  /// Costs that pruning reduces.
  package let cost: StructuralCost
  /// Units that may be pruned, one by one or with a branch.
  package let units: [CoupledUnit]
  /// Ids of the units that may be pruned one by one.
  package let single: Set<Int>
  /// Residual branches that may be pruned as a whole.
  package let branches: [ResidualBranch]
  private let alignment: UnitAlignment
  package let options: PruningOptions
  /// Training part; statistics and gradients are taken on samples of it.
  package let examples: ExampleSet
  package let isClassifier: Bool
  private var sample: GateSample?
  /// Number of scoring rounds of ``masks(keeping:)``, over all calls.
  package private(set) var scoringRounds = 0

  /// - Throws: ``SelectionError/nothingStructural(_:)`` where no unit can be pruned, engine errors.
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
    // Where units are the cost, a branch saves no more than its units one by one.
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

  /// First cost of the dense network, in its own unit.
  package var denseCost: Double { cost.dense.first ?? 0 }

  /// Share of the dense network's cost that remains under some masks; the largest share of several costs.
  package func density(of masks: MaskSet) -> Double {
    cost.value(removing: removedUnits(in: masks))
  }

  package func select(keeping density: Double) throws -> SelectedMasks {
    let rounds = scoringRounds
    let masks = try masks(keeping: density)
    return SelectedMasks(
      masks: masks, selectedBy: scorer.source, gradientEvaluations: scoringRounds - rounds)
  }

  /// Masks under which at most `density` of the dense network's cost remains; the network is unchanged afterwards.
  ///
  /// - Throws: ``SelectionError/tooFew(asked:needed:layer:)`` where the cost cannot fall so far with one unit kept on
  ///   every axis.
  package func masks(keeping density: Double) throws -> MaskSet {
    let before = try session.snapshot()
    var removal = UnitRemoval(analysis, removed: removedUnits(in: session.masks))
    let start = cost.value(removing: removal.removed)
    let target = density
    let locked = removal.removed
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
          repairBudget(&removal, on: target, scores: known, locked: locked)
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

  /// Repairs the budget: regrows units where costs fell too far below the target.
  private func repairBudget(
    _ removal: inout UnitRemoval, on target: Double, scores: [Int: Double], locked: Set<Int>
  ) {
    if alignment.multiple == 1 {
      BudgetRepair(
        target: target, scores: scores, locked: locked.union(removal.inRemovedBranches), cost: cost
      ).settle(&removal, among: units.filter { single.contains($0.id) })
    } else {
      let coupled = units.lazy.map(\.id).filter { [single] in !single.contains($0) }
      removal.refill(
        choosing: RemovalChoice(
          scores: scores, units: single, branches: branches, cost: cost, goal: target),
        alignment: alignment, except: locked.union(coupled))
    }
  }

  /// Graph without the pruned units, with smaller tensors.
  package func smallGraph(of graph: Graph, masks: MaskSet) throws -> Graph {
    try GraphSurgery(analysis).remove(removedUnits(in: masks), from: graph)
  }

  /// Masks of all prunable layers without some units, within the current masks.
  package func masks(removing removed: Set<Int>) -> MaskSet {
    var result = analysis.masks(removing: removed, of: session.graph)
    for layer in session.layers {
      let mask = result[layer.parameter] ?? Mask(keepingAll: layer.count)
      result[layer.parameter] = session.masks[layer.parameter]?.intersection(mask) ?? mask
    }
    return result
  }

  /// Ids of the units whose reading weights are all masked.
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

  /// Gate saliencies by unit id, on the current network.
  package func gates(of units: [CoupledUnit]) throws -> [Int: Double] {
    try GateSaliency(session: session, sample: try gateSample()).scores(of: units)
  }

  /// Sample of the gate saliencies, made once.
  private func gateSample() throws -> GateSample {
    let sample =
      try self.sample
      ?? GateSample(examples, of: session, isClassifier: isClassifier, seed: options.seed)
    self.sample = sample
    return sample
  }

  /// Features of units, then of branches, on the current network.
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

  /// Number of scoring rounds: one for each factor of ``roundFactor`` between the densities.
  private static func rounds(from start: Double, to target: Double) -> Int {
    let factor = max(target, start * 1e-3) / start
    return max(1, Int((log(factor) / log(roundFactor)).rounded(.up)))
  }

  /// Density to reach in a round.
  private static func step(
    from start: Double, to target: Double, round: Int, of rounds: Int
  ) -> Double {
    start * pow(max(target, start * 1e-3) / start, Double(round + 1) / Double(rounds))
  }

  /// Factor of the cost per scoring round; chosen by hand.
  private static var roundFactor: Double { 0.92 }
}

extension Granularity {
  /// `true` where units are pruned with everything coupled to them, so that tensors get smaller.
  package var isStructural: Bool { !unitKinds.isEmpty || removesBranches }

  /// Kinds of coupled units that this granularity prunes.
  var unitKinds: Set<CouplingGroup.Kind> {
    switch self {
    case .channel: [.channel, .neuron, .hiddenUnit]
    case .head: [.head]
    case .auto: Set(CouplingGroup.Kind.allCases)
    case .element, .nm, .block, .kernel, .layer: []
    }
  }

  /// `true` where all layers of a residual branch may be pruned together.
  var removesBranches: Bool { self == .layer || self == .auto }
}
