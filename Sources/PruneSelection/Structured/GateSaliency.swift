package import PruneCore
package import PruneSession
package import PruneSurgery

/// How much the outputs would move if a unit's gate were closed, to second order.
///
/// A gate multiplies what a unit hands on; its derivative is the sum of weight times gradient over the
/// weights that read the unit. The score is `½ E[g²] + |E[d]|`, `g` being the derivative of the
/// log-likelihood of a class drawn from the network's own outputs (so that `E[g²]` is the Fisher
/// information of the gate) and `d` that of the divergence from the dense network, which grows as units
/// go. Both are in nats, comparable across layers and need no labels.
///
/// - Source: gates as in Molchanov et al., *Importance Estimation for Neural Network Pruning*, 2019,
///   [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), §3; the Fisher information as in Theis et al.,
///   *Faster gaze prediction with dense networks and Fisher pruning*, 2018,
///   [arXiv:1801.05787](https://arxiv.org/abs/1801.05787), §2.1.
/// - Note: The divergence's derivative is taken without its sign: a whole unit is too large a step for
///   the slope to promise a gain.
package struct GateSaliency<E: Engine> {
  private let session: PruningSession<E>
  private let sample: GateSample

  package init(session: PruningSession<E>, sample: GateSample) {
    self.session = session
    self.sample = sample
  }

  /// - Returns: score ≥ 0 by unit id, for the network as it is; higher = keep.
  package func scores(of units: [CoupledUnit]) throws -> [Int: Double] {
    let moments = try moments(of: units)
    return units.reduce(into: [:]) { $0[$1.id] = moments.saliency(of: $1.id) }
  }

  /// - Parameter groups: of units that are compared with each other, by unit id.
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
        of: units, on: batch.taught, objective: sample.divergence, parameters, axes)
      // A mean over n examples of independent terms has 1/n of one term's variance.
      moments.add(
        likelihood, weight: Double(batch.draws) * Double(batch.draws) / Double(sample.count),
        divergenceGradients: divergence, weight: Double(batch.draws) / Double(sample.count))
    }
    return moments
  }

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
