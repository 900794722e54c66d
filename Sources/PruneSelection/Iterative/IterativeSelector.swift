package import PruneCore
import PruneData
package import PruneFeatures
package import PrunePredictor
import PruneSession

/// Selects weights in passes by a predictor that reads the state of the selection: features are computed anew after
/// every pass, and masked weights may be regrown.
///
/// Over the descending passes the density falls to the target, `ρ₀ (ρ / ρ₀)^{(t + 1) / K}`. Over the target passes
/// scores, standardised over the network, are blended from pass to pass, `z ← 0.75 z + 0.25 s`; the masks at the target
/// density with the lowest loss on a fixed sample are taken. Weights are never changed.
///
/// An alternative predictor, where there is one, selects in the same way; the masks with the lower loss on that sample
/// are taken.
///
/// Weights that the network's own masks prune are zero and stay pruned; only the others compete.
///
/// - Source: pruning and regrowth as in Guo et al., *Dynamic Network Surgery for Efficient DNNs*, 2016,
///   [arXiv:1608.04493](https://arxiv.org/abs/1608.04493); regrowth by gradient as in Evci et al., *Rigging the
///   Lottery*, 2020, [arXiv:1911.11134](https://arxiv.org/abs/1911.11134); the density's equal factors as in Tanaka et
///   al., *Pruning neural networks without any data*, 2020, [arXiv:2006.05467](https://arxiv.org/abs/2006.05467),
///   algorithm 1.
package struct IterativeSelector<E: Engine>: MaskSelector {
  /// Result of a selection run.
  package struct Outcome {
    package let masks: MaskSet
    /// Mean loss of the masked network on the validation sample.
    package let loss: Double
    /// Number of gradients, each over the examples of a pass.
    package let gradientEvaluations: Int
    /// Number of weights that were masked after the descending passes and are kept in ``masks``.
    package let regrownCount: Int
    /// Predictor or prior, whichever led to the lower loss.
    package let selectedBy: SelectionSource
    /// Outcome of the adaptation of θ; `nil` where none was asked for.
    package let adaptation: AdaptationOutcome?
  }

  /// Predictor, then its alternative where there is one.
  private let predictors: [any ImportancePredictor]
  private let sources: [SelectionSource]
  /// Network that the selection is made from.
  let network: NetworkState
  /// Makes a runner of the masked network on some batches.
  let makeRunner: ([Batch]) -> MaskedRunner<E>
  private let extractions: [StateExtraction]
  private let options: IterativeSettings
  private let sample: SelectionSample
  private let adaptation: SelectionAdaptation<E>?

  /// - Parameters:
  ///   - predictor: predictor to select by; its masks are taken where those of `alternative` are not better.
  ///   - name: name of the predictor in reports.
  ///   - alternative: prior to select by as well, at twice the passes; `nil` for none.
  ///   - network: current weights and statistics of `program`, as the predictors' features need them.
  ///   - reestimatesNormalization: `true` re-estimates batch-norm statistics for the masked network.
  ///   - adaptation: adaptation of θ after the last pass; `nil` for none.
  /// - Throws: ``FeatureError``.
  package init(
    by predictor: any ImportancePredictor, named name: String = "predictor",
    against alternative: (any ImportancePredictor)? = nil, of network: NetworkState,
    sample: SelectionSample,
    engine: E, program: E.Program, objective: Objective, reestimatesNormalization: Bool,
    options: IterativeSettings = IterativeSettings(),
    adaptation: SelectionAdaptation<E>? = nil
  ) throws {
    predictors = [predictor] + (alternative.map { [$0] } ?? [])
    sources = [PruningCriterion.predictor(predictor, name: name).source, .prior]
    extractions = try predictors.map {
      StateExtraction(try FeatureExtraction(names: $0.featureNames), of: network)
    }
    self.network = network
    self.sample = sample
    self.options = options
    self.adaptation = adaptation
    makeRunner = { batches in
      MaskedRunner(
        engine: engine, program: program, state: network, batches: batches, objective: objective,
        reestimatesNormalization: reestimatesNormalization)
    }
  }

  /// A selector for a session's network as it is now.
  ///
  /// - Parameters:
  ///   - examples: training part; statistics and gradients are taken on samples of it.
  ///   - adaptation: settings of the adaptation of θ with every selection; `nil` for none.
  init(
    by predictor: any ImportancePredictor, named name: String, session: PruningSession<E>,
    examples: ExampleSet, objective: Objective, options: PruningOptions,
    settings: IterativeSettings, adaptation: AdaptationOptions?
  ) throws {
    let statistics = try FeatureExtraction(names: predictor.featureNames).requiredStatistics
    let network = try session.state(
      statistics, on: examples, limit: options.calibrationExamples, batchSize: options.batchSize,
      objective: objective, seed: options.seed)
    let teacher = try SelectionSample.teacher(for: objective, examples: examples, session: session)
    try self.init(
      by: predictor, named: name,
      against: settings.comparesWithPrior ? LogisticPredictor.alternative(to: predictor) : nil,
      of: network,
      sample: try SelectionSample(
        examples, options: settings, pieceSize: Self.pieceSize, seed: options.seed, teacher: teacher
      ),
      engine: session.engine, program: try session.program, objective: objective,
      reestimatesNormalization: session.hasNormalization, options: settings,
      adaptation: try adaptation.map { adaptation in
        SelectionAdaptation(
          options: adaptation,
          sample: try SelectionSample(
            examples, options: adaptation.sampling, pieceSize: Self.pieceSize, seed: options.seed,
            holdsOut: true, teacher: teacher),
          cost: try AdaptationCost(
            session, examples: examples, featureCount: predictor.featureNames.count))
      })
  }

  package func select(keeping density: Double) throws -> SelectedMasks {
    let outcome = try run(keeping: density)
    return SelectedMasks(
      masks: outcome.masks, selectedBy: outcome.selectedBy,
      gradientEvaluations: outcome.gradientEvaluations, adaptation: outcome.adaptation)
  }

  /// Selects masks by all predictors.
  ///
  /// - Parameter density: share of all weights to keep.
  /// - Returns: the best masks found; the program has the weights of the network again.
  /// - Throws: `SelectionError`, engine errors.
  package func run(keeping density: Double) throws -> Outcome {
    let judge = makeRunner(sample.judging)
    let found = Result { try search(keeping: density, judge: judge) }
    try judge.restore()
    return try found.get()
  }

  /// Selection run of one predictor.
  private struct SelectionRun {
    let source: SelectionSource
    var trajectory: SelectionTrajectory<E>
    /// Masks after the descending passes, the first at the target density.
    var firstAtTarget: [Mask] = []
    /// Best masks at the target density.
    var masks: [Mask] = []
    /// Lowest loss on the validation sample; infinite before it is measured.
    var loss = Double.infinity
    var gradientEvaluations = 0
  }

  private func search(keeping density: Double, judge: MaskedRunner<E>) throws -> Outcome {
    let runs = try predictors.indices.map { try run(of: $0, keeping: density, judge: judge) }
    // `min` keeps the first of equals.
    guard var best = runs.min(by: { $0.loss < $1.loss }) else {
      preconditionFailure("a selection by no predictor")
    }
    let adapted = try adaptation?.adapt(best.masks, along: &best.trajectory, of: self)
    let masks = adapted?.masks ?? best.masks
    return Outcome(
      masks: MaskSet(
        Dictionary(
          zip(network.layers.map(\.parameter), masks), uniquingKeysWith: { first, _ in first })),
      loss: adapted?.masks == nil ? best.loss : try judge.loss(softMask: softMask(of: masks)),
      gradientEvaluations: runs.reduce(0) { $0 + $1.gradientEvaluations }
        + (adapted?.outcome.gradientEvaluations ?? 0),
      regrownCount: zip(best.firstAtTarget, masks).reduce(0) { count, pair in
        count + zip(pair.0.kept, pair.1.kept).count { !$0 && $1 }
      }, selectedBy: best.source, adaptation: adapted?.outcome)
  }

  private func run(
    of position: Int, keeping density: Double, judge: MaskedRunner<E>
  ) throws -> SelectionRun {
    let predictor = predictors[position]
    var run = SelectionRun(
      source: sources[position],
      trajectory: SelectionTrajectory(
        of: network, to: density, by: predictor, extraction: extractions[position],
        options: options))
    for pass in 0..<options.descendingPasses + options.targetPasses {
      if predictor.readsState {
        try run.trajectory.observe(makeRunner(try sample.batches(pass: pass)))
        run.gradientEvaluations += 1
      }
      try run.trajectory.select()
      guard run.trajectory.pass >= options.descendingPasses else { continue }
      let masks = run.trajectory.state.masks
      if run.trajectory.pass == options.descendingPasses {
        (run.firstAtTarget, run.masks) = (masks, masks)
      }
      let loss = try judge.loss(softMask: run.trajectory.state.softMask)
      if loss < run.loss { (run.masks, run.loss) = (masks, loss) }
    }
    return run
  }

  /// Masks as soft masks of 1 and 0, `[layers][weights]`.
  func softMask(of masks: [Mask]) -> [[Float]] {
    masks.map { mask in mask.kept.map { $0 ? 1 : 0 } }
  }

  /// Examples per engine call, chosen by hand.
  private static var pieceSize: Int { 250 }
}
