import PruneCore
import PruneSelection

/// The one quantity that a run's densities are shares of: fixed at the start, and whatever a run reports as a density or a
/// sparsity is taken from here.
enum SizeMeasure<E: Engine> {
  /// Prunable weights that are not pruned.
  case weights(WeightCosts)
  /// Cost of the single weights that are not pruned.
  case weightCosts(WeightCosts)
  /// Cost of the network without the units that are cut out.
  case units(StructuredSelector<E>)

  /// Share that is left under some masks, 0 … 1.
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

  /// Share that may be left where the whole network may cost `amount`, in the objective's unit.
  ///
  /// - Throws: `BudgetError.costUnreachable`.
  func density(keepingTo amount: Double) throws -> Double {
    switch self {
    case .units: min(1, amount / max(denseCost, .leastNormalMagnitude))
    case .weights(let costs), .weightCosts(let costs): try costs.density(keepingTo: amount)
    }
  }

  /// `density`, or that of one weight per layer where it is more.
  func attainable(_ density: Double, layers: [PrunableLayer]) -> Double {
    switch self {
    case .weights(let costs), .weightCosts(let costs): max(density, costs.leastDensity)
    case .units:
      max(density, Double(layers.count) / Double(max(1, layers.reduce(0) { $0 + $1.count })))
    }
  }
}
