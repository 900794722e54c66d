import PruneCore
import PruneSurgery

/// What single connections cost, where they go one by one and not with whole units.
struct WeightCosts: Sendable {
  /// Of one connection, per prunable layer.
  let perWeight: [Double]
  /// What stays whatever goes.
  let fixed: Double
  /// Of the dense network, in the objective's unit.
  let dense: Double
  private let layers: [PrunableLayer]
  private let objective: CostObjective

  /// - Parameter shapes: of every value for one example.
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
      // A bit per connection says which are there.
      fixed = dense - prunable + layers.reduce(0) { $0 + Double(($1.count + 7) / 8) }
    case .latency, .units: throw BudgetError.objectiveNeedsUnits([objective])
    }
  }

  private var prunable: Double {
    zip(layers, perWeight).reduce(0) { $0 + Double($1.0.count) * $1.1 }
  }

  /// Share of the connections' cost that is left.
  func density(of masks: MaskSet) -> Double {
    let kept = zip(layers, perWeight).reduce(0) { sum, entry in
      sum + Double(masks[entry.0.parameter]?.keptCount ?? entry.0.count) * entry.1
    }
    return kept / max(prunable, .leastNormalMagnitude)
  }

  /// Share of the connections' cost that may be left under a limit of the whole network's.
  ///
  /// - Throws: `BudgetError.costUnreachable`.
  func density(keepingTo limit: Double) throws(BudgetError) -> Double {
    guard limit > fixed else {
      throw .costUnreachable(objective, limit: limit, floor: fixed)
    }
    return min(1, (limit - fixed) / max(prunable, .leastNormalMagnitude))
  }

  /// As little as one connection per layer.
  var leastDensity: Double { perWeight.reduce(0, +) / max(prunable, .leastNormalMagnitude) }
}
