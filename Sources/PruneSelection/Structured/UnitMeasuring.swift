import PruneCore
import PruneFeatures
import PruneSession
import PruneSurgery

/// Measures the inputs of unit features on the current network.
struct UnitMeasuring<E: Engine> {
  let session: PruningSession<E>
  /// Sample of the gate moments.
  let sample: GateSample
  let groups: [CouplingGroup]

  /// - Parameters:
  ///   - removed: ids of the pruned units.
  ///   - savings: share of the cost that each saves, by id of the unit or of a branch's gate.
  /// - Returns: measurements of `units`, then of `branches`, in their order.
  func measurements(
    of units: [CoupledUnit], branches: [ResidualBranch], removed: Set<Int>, savings: [Int: Double]
  ) throws -> [UnitMeasurement] {
    var groupOf: [Int: Int] = [:]
    for (position, group) in groups.enumerated() {
      for unit in group.units { groupOf[unit.id] = position }
    }
    let left = groups.map { group in group.units.count { !removed.contains($0.id) } }
    let rows = units + branches.map(\.gate)
    let moments = try GateSaliency(session: session, sample: sample)
      .moments(of: rows, groups: groupOf)
    let squares = try weightSquares(of: rows)
    let positions = Dictionary(
      session.layers.enumerated().map { ($1.parameter, $0) }, uniquingKeysWith: min)
    return rows.map { unit in
      let group = groupOf[unit.id]
      let size = group.map { groups[$0].units.count } ?? 1
      func norm(_ isConsumed: Bool) -> Double {
        unit.slices.reduce(0) {
          $1.isConsumed == isConsumed ? $0 + squares.sum(over: $1) : $0
        }.squareRoot()
      }
      let first = unit.slices.compactMap { positions[$0.parameter] }.min() ?? 0
      return UnitMeasurement(
        group: group, gateSquare: moments.square(of: unit.id),
        gateDivergenceGradient: moments.divergenceGradient(of: unit.id),
        groupCorrelation: moments.groupCorrelation(of: unit.id), madeNorm: norm(false),
        readNorm: norm(true),
        saving: savings[unit.id] ?? 0, groupSize: size,
        groupLeft: group.map { Double(left[$0]) / Double(size) } ?? 1,
        depth: Double(first) / Double(max(1, session.layers.count - 1)),
        isConvolved: session.layers[first].layout.kernelArea > 1
          || session.layers[first].kind == .convolution)
    }
  }

  /// Sums of squared weights of prunable layers; normalisations and biases have other scales.
  private func weightSquares(of units: [CoupledUnit]) throws -> AxisSums {
    let layers = Dictionary(
      session.layers.map { ($0.parameter, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let axes = AxisSums.axes(of: units) { layers[$0.parameter] != nil }
    let parameters = try session.engine.parameters(of: try session.program)
    var sums = AxisSums()
    for (name, wanted) in axes {
      guard let shape = layers[name], let weights = parameters[name]?.floats else { continue }
      sums.add(weights.map { $0 * $0 }, of: name, shape: shape, axes: wanted)
    }
    return sums
  }
}
