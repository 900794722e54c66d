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
/// Where there is a rival, it selects in the same way, and the one whose masks have the lower loss on that sample decides.
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

  private let predictors: [any ImportancePredictor]
  let network: NetworkState
  let makeRunner: ([Batch]) -> MaskedRunner<E>
  private let extractions: [StateExtraction]
  private let options: IteratedSelectionOptions
  private let sample: SelectionSample
  private let refinement: SelectionRefinement<E>?

  /// - Parameters:
  ///   - predictor: decides, unless `rival` finds better masks; on equal ones it goes first.
  ///   - rival: another one to select by; `nil` saves its passes.
  ///   - network: current weights and statistics of `program`, as the predictors' features need them.
  ///   - reestimatesNormalization: whether batch-norm statistics follow the masked network.
  ///   - refinement: steps of θ after the last pass; `nil` for none.
  /// - Throws: ``FeatureError``.
  package init(
    by predictor: any ImportancePredictor, against rival: (any ImportancePredictor)? = nil,
    of network: NetworkState, sample: SelectionSample,
    engine: E, program: E.Program, objective: Objective, reestimatesNormalization: Bool,
    options: IteratedSelectionOptions = IteratedSelectionOptions(),
    refinement: SelectionRefinement<E>? = nil
  ) throws {
    predictors = [predictor] + (rival.map { [$0] } ?? [])
    extractions = try predictors.map {
      StateExtraction(try FeatureExtraction(names: $0.featureNames), of: network)
    }
    self.network = network
    self.sample = sample
    self.options = options
    self.refinement = refinement
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

  /// A selection by one predictor, after its last pass.
  private struct Course {
    var trajectory: SelectionTrajectory<E>
    /// At the end of the ramp.
    var ramped: [Mask] = []
    var masks: [Mask] = []
    /// On the judging sample; infinite where no masks could be judged.
    var loss = Double.infinity
    var gradientEvaluations = 0
  }

  private func search(keeping density: Double, judge: MaskedRunner<E>) throws -> Outcome {
    let courses = try zip(predictors, extractions).map { predictor, extraction in
      try course(of: predictor, extraction, keeping: density, judge: judge)
    }
    // `min` keeps the first of equals.
    guard var best = courses.min(by: { $0.loss < $1.loss }) else {
      preconditionFailure("a selection by no predictor")
    }
    let refined = try refinement?.refine(best.masks, along: &best.trajectory, of: self)
    let masks = refined?.masks ?? best.masks
    return Outcome(
      masks: MaskSet(
        Dictionary(
          zip(network.layers.map(\.parameter), masks), uniquingKeysWith: { first, _ in first })),
      loss: refined?.masks == nil ? best.loss : try judge.loss(degrees: degrees(of: masks)),
      gradientEvaluations: courses.reduce(0) { $0 + $1.gradientEvaluations }
        + (refined?.outcome.gradientEvaluations ?? 0),
      regrownCount: zip(best.ramped, masks).reduce(0) { count, pair in
        count + zip(pair.0.kept, pair.1.kept).count { !$0 && $1 }
      }, refinement: refined?.outcome)
  }

  private func course(
    of predictor: any ImportancePredictor, _ extraction: StateExtraction,
    keeping density: Double, judge: MaskedRunner<E>
  ) throws -> Course {
    var course = Course(
      trajectory: SelectionTrajectory(
        of: network, to: density, by: predictor, extraction: extraction, options: options))
    for pass in 0..<options.rampPasses + options.settlingPasses {
      if predictor.readsState {
        try course.trajectory.observe(makeRunner(try sample.batches(pass: pass)))
        course.gradientEvaluations += 1
      }
      try course.trajectory.select()
      guard course.trajectory.pass >= options.rampPasses else { continue }
      let masks = course.trajectory.state.masks
      if course.trajectory.pass == options.rampPasses {
        (course.ramped, course.masks) = (masks, masks)
      }
      let loss = try judge.loss(degrees: course.trajectory.state.degrees)
      if loss < course.loss { (course.masks, course.loss) = (masks, loss) }
    }
    return course
  }

  func degrees(of masks: [Mask]) -> [[Float]] {
    masks.map { mask in mask.kept.map { $0 ? 1 : 0 } }
  }
}
