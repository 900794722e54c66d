package import PruneCore
package import PruneSurgery

/// Cost of a graph with some units removed, by shapes alone, before any surgery, as a share of the dense graph's cost.
///
/// Several costs are kept apart; the one furthest from its goal decides.
package struct StructuralCost: Sendable {
  /// Measure of one cost.
  private struct Measure {
    /// `true` for compute, which runtimes do in whole blocks of channels; `false` for stored amounts.
    var isWork = false
    /// Amount of the cost, by removed units and the shapes of all values.
    let value: @Sendable (_ removed: Set<Int>, _ shapes: [String: [Int]]) -> Double
  }

  private let measures: [Measure]
  /// Costs of the dense graph, each in its own unit.
  let dense: [Double]
  private let analysis: CouplingAnalysis

  /// - Parameters:
  ///   - kinds: kinds of units that may be pruned.
  ///   - latency: makes the latency model; called for ``PruneCore/CostObjective/latency`` only.
  package init(
    _ objectives: [CostObjective], of graph: Graph, analysis: CouplingAnalysis,
    kinds: Set<CouplingGroup.Kind> = Set(CouplingGroup.Kind.allCases),
    latency: () throws -> LatencyModel
  ) rethrows {
    self.analysis = analysis
    let counter = MACCounter(graph)
    var measures: [Measure] = []
    for objective in objectives {
      switch objective {
      case .macs:
        measures.append(
          Measure(isWork: true) { _, shapes in
            Double(counter.macs(shapes: shapes).values.reduce(0, +))
          })
      case .latency:
        let model = try latency()
        measures.append(Measure(isWork: true) { _, shapes in model.seconds(shapes: shapes) })
      case .parameters: measures.append(Self.stored(in: graph) { _ in 1 })
      case .bytes:
        measures.append(Self.stored(in: graph) { Double($0.bitWidth ?? 0) / 8 })
      case .units:
        for kind in CouplingGroup.Kind.allCases where kinds.contains(kind) {
          let units = Set(analysis.groups.filter { $0.kind == kind }.flatMap(\.units).map(\.id))
          if units.isEmpty { continue }
          measures.append(Measure { removed, _ in Double(units.subtracting(removed).count) })
        }
      }
    }
    self.measures = measures
    let shapes = analysis.shapes(removing: [])
    dense = measures.map { max($0.value([], shapes), .leastNormalMagnitude) }
  }

  /// Sum over the stored floating-point tensors of their elements, weighed by type.
  private static func stored(
    in graph: Graph, weighing weight: (ElementType) -> Double
  ) -> Measure {
    let weights = graph.parameters().filter { $0.value.elementType.isFloatingPoint }
    let shapes = weights.mapValues(\.shape)
    let widths = weights.mapValues { weight($0.elementType) }
    return Measure { _, current in
      shapes.reduce(0) { sum, entry in
        let shape = current[entry.key] ?? entry.value
        return sum + Double(shape.reduce(1, *)) * (widths[entry.key] ?? 0)
      }
    }
  }

  /// Share of each dense cost that remains, 0 … 1.
  package func shares(removing units: Set<Int>) -> [Double] {
    let shapes = analysis.shapes(removing: units)
    return zip(measures, dense).map { $0.value(units, shapes) / $1 }
  }

  /// Share of each dense cost that remains for a runtime that fills up channels to an alignment.
  func shares(removing units: Set<Int>, filledTo alignment: UnitAlignment) -> [Double] {
    let shapes = analysis.shapes(removing: units)
    let filled = analysis.shapes(removing: units, filledTo: alignment.multiple)
    return zip(measures, dense).map { $0.value(units, $0.isWork ? filled : shapes) / $1 }
  }

  /// Largest share of ``shares(removing:)``.
  package func value(removing units: Set<Int>) -> Double {
    shares(removing: units).max() ?? 0
  }

  /// Sum of the shares' excesses over `target`; a share below it does not offset another.
  func excess(of shares: [Double], over target: Double) -> Double {
    shares.reduce(0) { $0 + max(0, $1 - target) }
  }

  /// Reduction of the excess by pruning one more unit of each group; units of a group save the same within rounding.
  ///
  /// - Returns: savings by position in ``PruneSurgery/CouplingAnalysis/groups``; 0 for groups without kept units.
  func savings(after removed: Set<Int>, towards target: Double) -> [Double] {
    let current = shares(removing: removed)
    return analysis.groups.map { group in
      guard let unit = group.units.first(where: { !removed.contains($0.id) }) else { return 0 }
      return saving(of: [unit.id], after: removed, leaving: current, towards: target)
    }
  }

  /// Reduction of the excess by pruning some units together.
  ///
  /// - Parameter current: ``shares(removing:)`` of `removed`.
  func saving(
    of units: [Int], after removed: Set<Int>, leaving current: [Double], towards target: Double
  ) -> Double {
    zip(current, shares(removing: removed.union(units))).reduce(0) { sum, share in
      sum + min(max(0, share.0 - share.1), max(0, share.0 - target))
    }
  }
}
