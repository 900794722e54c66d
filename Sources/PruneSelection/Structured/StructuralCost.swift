package import PruneCore
package import PruneSurgery

/// What a graph costs by its shapes alone, before any surgery, as shares of what the dense graph costs.
///
/// Of several costs each counts by itself, and the one that is furthest from its goal decides.
package struct StructuralCost: Sendable {
  private struct Measure {
    /// Whether this is work, of which a runtime does whole blocks, as opposed to what is stored.
    var isWork = false
    let value: @Sendable (_ removed: Set<Int>, _ shapes: [String: [Int]]) -> Double
  }

  private let measures: [Measure]
  /// Of the dense graph.
  let dense: [Double]
  private let analysis: CouplingAnalysis

  /// - Parameters:
  ///   - kinds: of the units that may go.
  ///   - latency: called for ``PruneCore/CostObjective/latency`` alone.
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

  /// What is left of each cost.
  package func shares(removing units: Set<Int>) -> [Double] {
    let shapes = analysis.shapes(removing: units)
    return zip(measures, dense).map { $0.value(units, shapes) / $1 }
  }

  /// What is left of each cost to a runtime that fills up channels to an alignment.
  func shares(removing units: Set<Int>, filledTo alignment: UnitAlignment) -> [Double] {
    let shapes = analysis.shapes(removing: units)
    let filled = analysis.shapes(removing: units, filledTo: alignment.multiple)
    return zip(measures, dense).map { $0.value(units, $0.isWork ? filled : shapes) / $1 }
  }

  /// What is left of the cost of which the largest share is left.
  package func value(removing units: Set<Int>) -> Double {
    shares(removing: units).max() ?? 0
  }

  /// By how much the costs together exceed `target`; a cost below it makes up for no other.
  func excess(of shares: [Double], over target: Double) -> Double {
    shares.reduce(0) { $0 + max(0, $1 - target) }
  }

  /// What one more unit of each group takes off the excess; units of a group save the same but for rounding.
  ///
  /// - Returns: by position in ``PruneSurgery/CouplingAnalysis/groups``; 0 for groups with nothing left.
  func savings(after removed: Set<Int>, towards target: Double) -> [Double] {
    let current = shares(removing: removed)
    return analysis.groups.map { group in
      guard let unit = group.units.first(where: { !removed.contains($0.id) }) else { return 0 }
      return saving(of: [unit.id], after: removed, leaving: current, towards: target)
    }
  }

  /// What some units take off the excess together.
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
