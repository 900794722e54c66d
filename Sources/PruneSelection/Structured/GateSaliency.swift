package import PruneCore
package import PruneSession
package import PruneSurgery

/// Saliency of units: the change of the network's outputs when a unit's gate is closed, to second order.
///
/// A gate multiplies the output of a unit; its derivative is the sum of weight times gradient over the
/// weights that read the unit. The score is `½ E[g²] + |E[d]|`, `g` being the derivative of the
/// log-likelihood of a class drawn from the network's own outputs (so that `E[g²]` is the Fisher
/// information of the gate) and `d` that of the divergence from the dense network, which grows as units
/// are pruned. Both are in nats, comparable across layers and need no labels.
///
/// - Source: gates as in Molchanov et al., *Importance Estimation for Neural Network Pruning*, 2019,
///   [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), §3; the Fisher information as in Theis et al.,
///   *Faster gaze prediction with dense networks and Fisher pruning*, 2018,
///   [arXiv:1801.05787](https://arxiv.org/abs/1801.05787), §2.1.
/// - Note: The divergence gradient is taken without its sign: pruning a whole unit is too large a step
///   for a slope to predict an improvement.
package struct GateSaliency<E: Engine> {
  private let session: PruningSession<E>
  private let sample: GateSample

  package init(session: PruningSession<E>, sample: GateSample) {
    self.session = session
    self.sample = sample
  }

  /// Scores of units on the current network.
  ///
  /// - Returns: score ≥ 0 by unit id; higher = keep.
  package func scores(of units: [CoupledUnit]) throws -> [Int: Double] {
    let moments = try moments(of: units)
    return units.reduce(into: [:]) { $0[$1.id] = moments.saliency(of: $1.id) }
  }

  /// Moments of the gates' derivatives on the current network.
  ///
  /// - Parameter groups: group of each unit, by unit id, for group correlations.
  package func moments(of units: [CoupledUnit], groups: [Int: Int] = [:]) throws -> GateMoments {
    let axes = AxisSums.axes(of: units, where: \.isConsumed)
    let parameters = try session.engine.parameters(of: try session.program).filter {
      axes[$0.key] != nil
    }
    var moments = GateMoments(groups: groups)
    for batch in sample.batches {
      let likelihood = try gates(
        of: units, on: batch.drawn, objective: sample.likelihood, parameters, axes)
      let divergence = try gates(
        of: units, on: batch.distilled, objective: sample.divergence, parameters, axes)
      // A mean over n examples of independent terms has 1/n of one term's variance.
      moments.add(
        likelihood, weight: Double(batch.draws) * Double(batch.draws) / Double(sample.count),
        divergenceGradients: divergence, weight: Double(batch.draws) / Double(sample.count))
    }
    return moments
  }

  /// Derivative of a loss by the gate of each unit, by unit id.
  private func gates(
    of units: [CoupledUnit], on batch: Batch, objective: Objective,
    _ parameters: [String: HostTensor], _ axes: [String: Set<Int>]
  ) throws -> [Int: Double] {
    let names = parameters.keys.sorted()
    let gradients = try session.engine.gradients(
      of: try session.program, on: batch, objective: objective, for: names
    ).gradients
    var sums = AxisSums()
    for name in names {
      guard let weights = parameters[name]?.floats, let slopes = gradients[name]?.floats,
        let shape = parameters[name]?.shape, slopes.count == weights.count
      else { continue }
      sums.add(zip(weights, slopes).map { $0 * $1 }, of: name, shape: shape, axes: axes[name] ?? [])
    }
    return units.reduce(into: [:]) { gates, unit in
      gates[unit.id] = unit.slices.reduce(0) { $1.isConsumed ? $0 + sums.sum(over: $1) : $0 }
    }
  }
}

/// Moments of the derivatives by the units' gates, over a ``GateSample``: `g` of the log-likelihood, `d` of the
/// divergence.
package struct GateMoments: Sendable {
  /// Group of each unit.
  private let groups: [Int: Int]
  /// `E[g²]` by unit.
  private var squares: [Int: Double] = [:]
  /// Divergence gradient `E[d]` by unit.
  private var divergenceGradients: [Int: Double] = [:]
  /// `E[g Σg]` by unit, the sum over the unit's group.
  private var products: [Int: Double] = [:]
  /// `E[(Σg)²]` by group.
  private var groupSquares: [Int: Double] = [:]

  /// - Parameter groups: group of each unit, by unit id; units not listed have group correlation 0.
  init(groups: [Int: Int]) { self.groups = groups }

  /// Adds the derivatives of one batch.
  ///
  /// - Parameters:
  ///   - gates: derivatives of the log-likelihood by unit id.
  ///   - weight: factor of products of `gates` in the expectation.
  ///   - changes: derivatives of the divergence by unit id.
  ///   - divergenceWeight: factor of `changes` in the expectation.
  mutating func add(
    _ gates: [Int: Double], weight: Double, divergenceGradients changes: [Int: Double],
    weight divergenceWeight: Double
  ) {
    var sums: [Int: Double] = [:]
    for (unit, gate) in gates.sorted(by: { $0.key < $1.key }) {
      squares[unit, default: 0] += weight * gate * gate
      if let group = groups[unit] { sums[group, default: 0] += gate }
    }
    for (unit, gate) in gates {
      guard let group = groups[unit], let sum = sums[group] else { continue }
      products[unit, default: 0] += weight * gate * sum
    }
    for (group, sum) in sums { groupSquares[group, default: 0] += weight * sum * sum }
    for (unit, change) in changes {
      divergenceGradients[unit, default: 0] += divergenceWeight * change
    }
  }

  /// Second moment `E[g²]` of a unit.
  func square(of unit: Int) -> Double { squares[unit] ?? 0 }

  /// Divergence gradient `E[d]` of a unit.
  func divergenceGradient(of unit: Int) -> Double { divergenceGradients[unit] ?? 0 }

  /// Group correlation: correlation of `g` with its sum over the unit's group, −1 … 1; 0 without a group.
  func groupCorrelation(of unit: Int) -> Double {
    guard let group = groups[unit] else { return 0 }
    let scale = (square(of: unit) * (groupSquares[group] ?? 0)).squareRoot()
    return scale > 0 ? min(1, max(-1, (products[unit] ?? 0) / scale)) : 0
  }

  /// Saliency `½ E[g²] + |E[d]|` of a unit.
  func saliency(of unit: Int) -> Double {
    0.5 * square(of: unit) + divergenceGradient(of: unit).magnitude
  }
}
