package import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSupport

/// What refining θ on the network at hand did to one selection.
public struct AdaptationOutcome: Hashable, Sendable, Codable {
  /// Steps of θ.
  public let passes: Int
  /// Loss on the guard's examples, which no step of θ saw: with the masks of the predictor as it was.
  public let lossBefore: Double
  /// The same with the masks taken; never more than ``lossBefore``.
  public let lossAfter: Double
  /// Each over the examples of one pass.
  public let gradientEvaluations: Int
  /// What the passes cost by ``AdaptationOptions/computeBudgetSeconds``, whatever the clock said.
  public let computeBudgetSeconds: Double
  /// Of the adaptation alone.
  public let wallSeconds: Double
  /// Whether ``AdaptationOptions/limitSeconds`` ended it, so that a repeated run may take other masks.
  public let isCutShort: Bool

  /// Whether refined masks were taken.
  public var isBetter: Bool { lossAfter < lossBefore }
}

/// Goes on with a selection by ``ThetaAdaptation`` and takes the best masks on the way, by a sample held out of it all;
/// those of the predictor as it was remain where none is better.
package struct SelectionAdaptation<E: Engine> {
  private let options: AdaptationOptions
  private let sample: SelectionSample
  private let cost: AdaptationCost

  /// - Parameters:
  ///   - sample: judges by examples held out of its passes.
  ///   - cost: of the network, bounds the passes.
  package init(options: AdaptationOptions, sample: SelectionSample, cost: AdaptationCost) {
    self.options = options
    self.sample = sample
    self.cost = cost
  }

  /// - Parameters:
  ///   - start: masks that the predictor as it was chose.
  ///   - trajectory: after its last pass.
  /// - Returns: masks with a lower loss on the guard's examples, `nil` where none was found.
  func refine(
    _ start: [Mask], along trajectory: inout SelectionTrajectory<E>,
    of selection: IterativeSelector<E>
  ) throws -> (masks: [Mask]?, outcome: AdaptationOutcome) {
    let began = ContinuousClock.now
    let judge = selection.makeRunner(sample.judging)
    let before = try judge.loss(softMask: selection.softMask(of: start))
    var best: (masks: [Mask]?, loss: Double) = (nil, before)
    // Of the features, where they read the state, and of the step.
    let gradients = trajectory.predictor.readsState ? 2 : 1
    let affordable = cost.affordablePasses(options, gradientsPerPass: gradients)
    var theta = ThetaAdaptation<E>(
      of: trajectory.predictor, table: trajectory.table(), options: options,
      plannedPasses: affordable)
    var passes = 0
    var isCutShort = false
    while passes < affordable, !Task.isCancelled {
      isCutShort = (ContinuousClock.now - began).seconds >= options.limitSeconds
      if isCutShort { break }
      let number = trajectory.pass
      try theta.pass(
        &trajectory, observer: selection.makeRunner(try sample.batches(pass: number)),
        learner: selection.makeRunner(try sample.learningBatches(pass: number)))
      passes += 1
      guard passes.isMultiple(of: options.judgingInterval) || passes == affordable else {
        continue
      }
      let loss = try judge.loss(softMask: trajectory.state.softMask)
      if loss < best.loss { best = (trajectory.state.masks, loss) }
    }
    return (
      best.masks,
      AdaptationOutcome(
        passes: passes, lossBefore: before, lossAfter: best.loss,
        gradientEvaluations: passes * gradients,
        computeBudgetSeconds: Double(passes)
          * cost.secondsPerPass(options, gradientsPerPass: gradients),
        wallSeconds: (ContinuousClock.now - began).seconds, isCutShort: isCutShort)
    )
  }
}
