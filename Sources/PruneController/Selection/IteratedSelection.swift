package import PruneCore
package import PruneFeatures
package import PrunePredictor

/// Selects connections by a predictor that reads the state of the selection: features are taken again after every pass,
/// and connections that went may come back.
///
/// Over the first passes the density falls to the target, `ρ₀ (ρ / ρ₀)^{(t + 1) / K}`. Then scores, standardised over the
/// network, are blended from pass to pass, `z ← 0.75 z + 0.25 s`, and of the masks at the target density the one with the
/// lowest loss on a fixed sample is taken. Weights are never changed.
///
/// Connections that the network lost before have no weight left and stay away: in the middle of a run of the loop only
/// those that are left compete.
///
/// - Source: removal and return as in Guo et al., *Dynamic Network Surgery for Efficient DNNs*, 2016,
///   [arXiv:1608.04493](https://arxiv.org/abs/1608.04493); return by gradient as in Evci et al., *Rigging the Lottery*,
///   2020, [arXiv:1911.11134](https://arxiv.org/abs/1911.11134); the ramp's equal factors as in Tanaka et al., *Pruning
///   neural networks without any data*, 2020, [arXiv:2006.05467](https://arxiv.org/abs/2006.05467), algorithm 1.
package struct IteratedSelection<E: Engine> {
  package struct Outcome {
    package let masks: MaskSet
    /// Of the masked network on the judging sample.
    package let loss: Double
    /// Passes, each one gradient over the examples of a pass.
    package let gradientEvaluations: Int
    /// Connections that were off after the ramp and are on in ``masks``.
    package let regrownCount: Int
    /// What refining θ did; `nil` where it was not asked for.
    package let refinement: RefinementOutcome?
  }

  let predictor: any ImportancePredictor
  let network: NetworkState
  let extraction: StateExtraction
  let makeRunner: ([Batch]) -> MaskedRunner<E>
  private let options: IteratedSelectionOptions
  private let sample: SelectionSample
  private let refinement: SelectionRefinement<E>?

  /// - Parameters:
  ///   - network: current weights and statistics of `program`, as the predictor's features need them.
  ///   - reestimatesNormalization: whether batch-norm statistics follow the masked network.
  ///   - refinement: steps of θ after the last pass; `nil` for none.
  /// - Throws: ``FeatureError``.
  package init(
    by predictor: any ImportancePredictor, of network: NetworkState, sample: SelectionSample,
    engine: E, program: E.Program, objective: Objective, reestimatesNormalization: Bool,
    options: IteratedSelectionOptions = IteratedSelectionOptions(),
    refinement: SelectionRefinement<E>? = nil
  ) throws {
    self.predictor = predictor
    self.network = network
    self.sample = sample
    self.options = options
    self.refinement = refinement
    extraction = StateExtraction(
      try FeatureExtraction(names: predictor.featureNames), of: network)
    makeRunner = { batches in
      MaskedRunner(
        engine: engine, program: program, state: network, batches: batches, objective: objective,
        reestimatesNormalization: reestimatesNormalization)
    }
  }

  /// - Parameter density: share of all connections to keep.
  /// - Returns: the best masks found; the program has the weights of the network again.
  /// - Throws: `SelectionError`, engine errors.
  package func run(keeping density: Double) throws -> Outcome {
    let judge = makeRunner(sample.judging)
    let found = Result { try search(keeping: density, judge: judge) }
    try judge.restore()
    return try found.get()
  }

  private func search(keeping density: Double, judge: MaskedRunner<E>) throws -> Outcome {
    var trajectory = SelectionTrajectory<E>(
      of: network, to: density, by: predictor, extraction: extraction, options: options)
    var best: (masks: [Mask], loss: Double)?
    var ramped: [Mask] = []
    let passes = options.rampPasses + options.settlingPasses
    for pass in 0..<passes {
      if predictor.readsState {
        try trajectory.observe(makeRunner(try sample.batches(pass: pass)))
      }
      try trajectory.select()
      guard trajectory.pass >= options.rampPasses else { continue }
      if trajectory.pass == options.rampPasses { ramped = trajectory.state.masks }
      let loss = try judge.loss(degrees: trajectory.state.degrees)
      if best == nil || loss < best?.loss ?? .infinity { best = (trajectory.state.masks, loss) }
    }
    var masks = best?.masks ?? trajectory.state.masks
    let refined = try refinement?.refine(masks, along: &trajectory, of: self)
    masks = refined?.masks ?? masks
    return Outcome(
      masks: MaskSet(
        Dictionary(
          zip(network.layers.map(\.parameter), masks), uniquingKeysWith: { first, _ in first })),
      loss: refined?.masks == nil
        ? best?.loss ?? .nan : try judge.loss(degrees: degrees(of: masks)),
      gradientEvaluations: (predictor.readsState ? passes : 0)
        + (refined?.outcome.gradientEvaluations ?? 0),
      regrownCount: zip(ramped, masks).reduce(0) { count, pair in
        count + zip(pair.0.kept, pair.1.kept).count { !$0 && $1 }
      }, refinement: refined?.outcome)
  }

  func degrees(of masks: [Mask]) -> [[Float]] {
    masks.map { mask in mask.kept.map { $0 ? 1 : 0 } }
  }
}
