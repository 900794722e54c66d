import PruneCore
import PruneSurgery

extension PruningRun {
  /// Finds how much the cost of a connection is to count beside its score, where costs differ: scores are no losses, so
  /// that importance per cost can empty costly layers that the network lives on.
  ///
  /// Each candidate prunes the dense network once and is judged on the search part.
  func chooseCostExponent(at density: Double) throws {
    guard let costs = session.connectionCosts, let first = costs.first,
      costs.contains(where: { $0 != first }), !options.granularity.isPattern
    else { return }
    var best: (value: Double, exponent: Double)?
    for exponent in Self.costExponents where !isOutOfTime {
      try restoreDense()
      session.costExponent = exponent
      do { try pruneOnly(to: density) } catch SelectionError.tooFew { continue }
      let drop = try evaluate().dropPoints(from: dense)
      if drop < best?.value ?? .infinity { best = (drop, exponent) }
    }
    session.costExponent = best?.exponent ?? 0
    try restoreDense()
  }

  private static var costExponents: [Double] { [0, 0.25, 0.5, 1] }
}
