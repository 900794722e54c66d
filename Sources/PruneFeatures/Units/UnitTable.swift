import PruneCore

/// Measurements of one unit of a network in its current state.
package struct UnitMeasurement: Hashable, Sendable {
  /// Position of the unit's coupling group; units of one group are compared with each other. `nil` for a residual branch.
  package var group: Int?
  /// `E[g²]`, in the symbols of ``UnitFeatureRegistry``.
  package var gateSquare: Double
  /// `E[d]`.
  package var gateDivergenceGradient: Double
  /// Correlation of `g` with its sum over the group.
  package var groupCorrelation: Double
  /// L2 norm of the weights that make the unit.
  package var madeNorm: Double
  /// L2 norm of the weights that read the unit.
  package var readNorm: Double
  /// The unit's share of the dense network's cost.
  package var saving: Double
  /// Number of units of the group in the dense network; 1 for a residual branch.
  package var groupSize: Int
  /// Share of ``groupSize`` that is kept; 1 for a residual branch.
  package var groupLeft: Double
  /// Position of the unit's first layer: 0 for the network's first layer, 1 for its last.
  package var depth: Double
  /// `true` where convolutions make the unit.
  package var isConvolved: Bool

  package init(
    group: Int?, gateSquare: Double, gateDivergenceGradient: Double, groupCorrelation: Double,
    madeNorm: Double,
    readNorm: Double, saving: Double, groupSize: Int, groupLeft: Double, depth: Double,
    isConvolved: Bool
  ) {
    self.group = group
    self.gateSquare = gateSquare
    self.gateDivergenceGradient = gateDivergenceGradient
    self.groupCorrelation = groupCorrelation
    self.madeNorm = madeNorm
    self.readNorm = readNorm
    self.saving = saving
    self.groupSize = groupSize
    self.groupLeft = groupLeft
    self.depth = depth
    self.isConvolved = isConvolved
  }
}

/// Features of units, a row per unit.
package enum UnitTable {
  /// - Parameter names: of ``UnitFeatureRegistry``; others throw.
  /// - Returns: a table of one layer, whose rows are the units in their order.
  package static func make(
    _ names: [String], of units: [UnitMeasurement]
  ) throws(FeatureError) -> FeatureTable {
    var columns: [[Float]] = []
    for name in names {
      guard let feature = UnitFeatureRegistry.Feature(rawValue: name) else {
        throw .unknownName(name, known: UnitFeatureRegistry.descriptors.map(\.name))
      }
      columns.append(column(feature, of: units))
    }
    let layer = PrunableLayer(
      name: "units", kind: .linear, parameter: "units", shape: [units.count, 1],
      layout: WeightLayout(outputs: units.count, inputs: 1), nodes: [])
    return FeatureTable(names: names, layers: [LayerFeatures(layer: layer, columns: columns)])
  }

  private static func column(
    _ feature: UnitFeatureRegistry.Feature, of units: [UnitMeasurement]
  ) -> [Float] {
    switch feature {
    case .logGate: centred(units.map { 0.5 * $0.gateSquare + $0.gateDivergenceGradient.magnitude })
    case .logFisher: centred(units.map { 0.5 * $0.gateSquare })
    case .logDrift: centred(units.map(\.gateDivergenceGradient.magnitude))
    case .groupCorrelation: units.map { Float($0.groupCorrelation) }
    case .logMadeNorm: centred(units.map(\.madeNorm), within: units.map(\.group))
    case .logReadNorm: centred(units.map(\.readNorm), within: units.map(\.group))
    case .logSaving: centred(units.map(\.saving))
    case .logGroupSize: centred(units.map { Double($0.groupSize) })
    case .logGroupLeft: logarithms(units.map(\.groupLeft))
    case .depth: units.map { Float($0.depth) }
    case .isBranch: units.map { $0.group == nil ? 1 : 0 }
    case .isConvolved: units.map { $0.isConvolved ? 1 : 0 }
    }
  }

  /// Floored logarithms; 0 throughout where no value is positive.
  private static func logarithms(_ values: [Double]) -> [Float] {
    let values = values.map { Float($0) }
    return LogFloor(of: values)?.ln(values) ?? values.map { _ in 0 }
  }

  private static func centred(_ values: [Double]) -> [Float] {
    centred(values, within: values.map { _ in 0 })
  }

  /// Floored logarithms minus their mean in the value's group.
  private static func centred(_ values: [Double], within groups: [Int?]) -> [Float] {
    let logarithms = logarithms(values)
    var sums: [Int?: (sum: Double, count: Double)] = [:]
    for (value, group) in zip(logarithms, groups) {
      sums[group, default: (0, 0)].sum += Double(value)
      sums[group, default: (0, 0)].count += 1
    }
    return zip(logarithms, groups).map { value, group in
      let (sum, count) = sums[group] ?? (0, 1)
      return value - Float(sum / count)
    }
  }
}
