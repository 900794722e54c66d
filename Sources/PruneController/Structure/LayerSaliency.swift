import PruneCore
import PruneSurgery

/// How far the outputs move when a whole layer is switched off, measured layer by layer.
///
/// A layer is too large a step for the derivative of its gate to say what it is worth, and layers are few: each is switched
/// off by itself, batch normalisation is taken anew as it will be afterwards, and the rise of the divergence from the dense
/// network is its score. Needs no labels.
///
/// - Source: Veit et al., *Residual Networks Behave Like Ensembles of Relatively Shallow Networks*, 2016,
///   [arXiv:1605.06431](https://arxiv.org/abs/1605.06431), §4.1, figure 3: the error after deleting each.
/// - Complexity: two passes over the sample per layer, one without batch normalisation.
struct LayerSaliency<E: Engine> {
  let session: PruningSession<E>
  let sample: GateSample

  /// - Returns: score ≥ 0 by unit id, for the network as it is; higher = keep.
  func scores(of units: [CoupledUnit]) throws -> [Int: Double] {
    let parameters = try session.engine.parameters(of: try session.program)
    let program = try session.engine.prepare(session.graph)
    try session.engine.setParameters(parameters, of: program)
    let judge = CompensationGuard(
      engine: session.engine, program: program, batches: sample.batches.map(\.taught),
      objective: sample.divergence)
    let before = try judge.measure()
    return try units.reduce(into: [:]) { scores, unit in
      let names = Set(unit.slices.filter(\.isConsumed).map(\.parameter))
      let own = parameters.filter { names.contains($0.key) }
      try session.engine.setParameters(own.mapValues { HostTensor.zeros($0.shape) }, of: program)
      if session.hasNormalization {
        try session.engine.reestimateNormalization(
          of: program, on: sample.batches.map(\.taught.inputs))
      }
      scores[unit.id] = max(0, try judge.measure() - before)
      try session.engine.setParameters(parameters, of: program)
    }
  }
}
