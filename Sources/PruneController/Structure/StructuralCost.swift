package import PruneCore
package import PruneSurgery

/// What a graph costs by its shapes alone, before any surgery.
package struct StructuralCost: Sendable {
  private let measure: @Sendable ([String: [Int]]) -> Double
  private let analysis: CouplingAnalysis

  /// - Parameter latency: called for ``PruneCore/CostObjective/latency`` alone.
  package init(
    _ objective: CostObjective, of graph: Graph, analysis: CouplingAnalysis,
    latency: () throws -> LatencyModel
  ) rethrows {
    self.analysis = analysis
    let counter = MACCounter(graph)
    switch objective {
    case .macs:
      measure = { shapes in Double(counter.macs(shapes: shapes).values.reduce(0, +)) }
    case .latency:
      let model = try latency()
      measure = { shapes in model.seconds(shapes: shapes) }
    case .parameters, .bytes:
      let weights = graph.parameters().filter { $0.value.elementType.isFloatingPoint }
      let shapes = weights.mapValues(\.shape)
      let widths = weights.mapValues { tensor in
        objective == .bytes ? Double(tensor.elementType.bitWidth ?? 0) / 8 : 1
      }
      measure = { current in
        shapes.reduce(0) { sum, entry in
          let shape = current[entry.key] ?? entry.value
          return sum + Double(shape.reduce(1, *)) * (widths[entry.key] ?? 0)
        }
      }
    }
  }

  package func value(removing units: Set<Int>) -> Double {
    measure(analysis.shapes(removing: units))
  }

  /// What one more unit of each group saves; units of a group save the same but for rounding.
  ///
  /// - Returns: by position in ``PruneSurgery/CouplingAnalysis/groups``; 0 for groups with nothing left.
  func savings(after removed: Set<Int>) -> [Double] {
    let current = value(removing: removed)
    return analysis.groups.map { group in
      guard let unit = group.units.first(where: { !removed.contains($0.id) }) else { return 0 }
      return max(0, current - value(removing: removed.union([unit.id])))
    }
  }
}
