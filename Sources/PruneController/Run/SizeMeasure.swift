import PruneCore
import PruneSelection
import PruneSurgery

/// Quantity that a run's densities are shares of, fixed at the start of the run; every density that a run reports is
/// computed here.
enum SizeMeasure<E: Engine> {
  /// Number of prunable weights.
  case weights(WeightCosts)
  /// Cost of single prunable weights.
  case weightCosts(WeightCosts)
  /// Cost of the network, whole units cut out.
  case units(StructuredSelector<E>)

  /// Density under some masks, 0 … 1.
  func density(of masks: MaskSet) -> Double {
    switch self {
    case .units(let structured): structured.density(of: masks)
    case _ where masks.count == 0: 1
    case .weightCosts(let costs): costs.density(of: masks)
    case .weights: 1 - masks.sparsity
    }
  }

  /// Cost of the dense network, in the objective's unit.
  var denseCost: Double {
    switch self {
    case .units(let structured): structured.denseCost
    case .weights(let costs), .weightCosts(let costs): costs.dense
    }
  }

  /// Density at which the whole network costs `amount`, in the objective's unit; at most 1.
  ///
  /// - Throws: `BudgetError.costUnreachable`.
  func density(keepingTo amount: Double) throws -> Double {
    switch self {
    case .units: min(1, amount / max(denseCost, .leastNormalMagnitude))
    case .weights(let costs), .weightCosts(let costs): try costs.density(keepingTo: amount)
    }
  }

  /// `density`, or the density of one weight per layer where that is more.
  func attainable(_ density: Double, layers: [PrunableLayer]) -> Double {
    switch self {
    case .weights(let costs), .weightCosts(let costs): max(density, costs.leastDensity)
    case .units:
      max(density, Double(layers.count) / Double(max(1, layers.reduce(0) { $0 + $1.count })))
    }
  }
}

/// Costs of single weights, for runs that prune weights one by one and not whole units.
struct WeightCosts: Sendable {
  /// Cost of one weight of each prunable layer, `[layers]`, in the objective's unit.
  let perWeight: [Double]
  /// Cost of all that no mask prunes, in the objective's unit.
  let fixed: Double
  /// Cost of the dense network, in the objective's unit.
  let dense: Double
  private let layers: [PrunableLayer]
  private let objective: CostObjective

  /// - Parameter shapes: shape of every value for one example, by name.
  /// - Throws: ``BudgetError/objectiveNeedsUnits(_:)``.
  init(
    _ objective: CostObjective, of graph: Graph, layers: [PrunableLayer], shapes: [String: [Int]]
  ) throws {
    self.layers = layers
    self.objective = objective
    let stored = graph.parameters().filter { $0.value.elementType.isFloatingPoint }
    func total(_ cost: (HostTensor) -> Double) -> Double {
      stored.values.reduce(0) { $0 + Double($1.count) * cost($1) }
    }
    switch objective {
    case .parameters:
      perWeight = layers.map { _ in 1 }
      dense = total { _ in 1 }
      fixed = dense - Double(layers.reduce(0) { $0 + $1.count })
    case .macs:
      let model = CostModel(graph: graph, shapes: shapes)
      let byLayer = model.macsByLayer
      perWeight = zip(layers, byLayer).map { Double($1) / Double(max($0.count, 1)) }
      dense = Double(model.cost(fileBytes: 0).macs)
      fixed = dense - Double(byLayer.reduce(0, +))
    case .bytes:
      func width(_ tensor: HostTensor) -> Double { Double(tensor.elementType.bitWidth ?? 32) / 8 }
      let widths = layers.map { stored[$0.parameter].map(width) ?? 4 }
      perWeight = widths
      dense = total(width)
      let prunable = zip(layers, widths).reduce(0) { $0 + Double($1.0.count) * $1.1 }
      // A bit per weight says which are stored.
      fixed = dense - prunable + layers.reduce(0) { $0 + Double(($1.count + 7) / 8) }
    case .latency, .units: throw BudgetError.objectiveNeedsUnits([objective])
    }
  }

  /// Cost of all prunable weights.
  private var prunable: Double {
    zip(layers, perWeight).reduce(0) { $0 + Double($1.0.count) * $1.1 }
  }

  /// Share of the prunable weights' cost that some masks keep, 0 … 1.
  func density(of masks: MaskSet) -> Double {
    let kept = zip(layers, perWeight).reduce(0) { sum, entry in
      sum + Double(masks[entry.0.parameter]?.keptCount ?? entry.0.count) * entry.1
    }
    return kept / max(prunable, .leastNormalMagnitude)
  }

  /// Share of the prunable weights' cost that may be kept where the whole network may cost `limit`; at most 1.
  ///
  /// - Throws: `BudgetError.costUnreachable`.
  func density(keepingTo limit: Double) throws(BudgetError) -> Double {
    guard limit > fixed else {
      throw .costUnreachable(objective, limit: limit, floor: fixed)
    }
    return min(1, (limit - fixed) / max(prunable, .leastNormalMagnitude))
  }

  /// Density of one weight per layer.
  var leastDensity: Double { perWeight.reduce(0, +) / max(prunable, .leastNormalMagnitude) }
}
