package import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSupport

/// Outcome of the adaptation of θ to the network in one selection.
public struct AdaptationOutcome: Hashable, Sendable, Codable {
  /// Number of steps of θ.
  public let passes: Int
  /// Loss on held-out examples, which no step of θ used, with the masks before the adaptation.
  public let lossBefore: Double
  /// Loss on the held-out examples with the masks taken; at most ``lossBefore``.
  public let lossAfter: Double
  /// Number of gradients, each over the examples of one pass.
  public let gradientEvaluations: Int
  /// Estimated compute of the passes, in the unit of ``AdaptationOptions/computeBudgetSeconds``.
  public let computeBudgetSeconds: Double
  /// Wall time of the adaptation, in seconds.
  public let wallSeconds: Double
  /// `true` where ``AdaptationOptions/limitSeconds`` ended the adaptation; a repeated run may take other masks.
  public let isCutShort: Bool

  /// `true` where adapted masks were taken.
  public var isBetter: Bool { lossAfter < lossBefore }
}

/// Continues a selection by ``ThetaAdaptation`` and takes the masks with the lowest loss on held-out examples; the
/// earlier masks are kept where none has a lower one.
package struct SelectionAdaptation<E: Engine> {
  private let options: AdaptationOptions
  private let sample: SelectionSample
  private let cost: AdaptationCost

  /// - Parameters:
  ///   - sample: examples, with a validation sample held out of all passes.
  ///   - cost: compute cost of the network, which bounds the passes.
  package init(options: AdaptationOptions, sample: SelectionSample, cost: AdaptationCost) {
    self.options = options
    self.sample = sample
    self.cost = cost
  }

  /// Adapts θ along further passes of a selection.
  ///
  /// - Parameters:
  ///   - start: masks selected before the adaptation.
  ///   - trajectory: selection after its last pass.
  /// - Returns: masks with a lower loss on the held-out examples, `nil` where none was found; the outcome.
  func adapt(
    _ start: [Mask], along trajectory: inout SelectionTrajectory<E>,
    of selection: IterativeSelector<E>
  ) throws -> (masks: [Mask]?, outcome: AdaptationOutcome) {
    let began = ContinuousClock.now
    let judge = selection.makeRunner(sample.judging)
    let before = try judge.loss(softMask: selection.softMask(of: start))
    var best: (masks: [Mask]?, loss: Double) = (nil, before)
    // One gradient for features that read the state, one for the step of θ.
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

/// Compute cost of an adaptation's passes, estimated from sizes alone: the same on every machine, whatever its load.
///
/// The rates are those of 2 cores of an ordinary machine, low enough for small convolutions, which run at a fraction of
/// the speed of large ones.
package struct AdaptationCost: Hashable, Sendable {
  /// Seconds of a forward pass over one example.
  let secondsPerExample: Double
  /// Seconds of scoring and selecting all weights once.
  let secondsPerSelection: Double

  /// - Parameters:
  ///   - macs: multiply–accumulates of the dense network, per example.
  ///   - valueCount: elements of all outputs of its nodes, per example.
  ///   - weightCount: weights of all prunable layers.
  ///   - featureCount: features of the predictor.
  package init(macs: Int, valueCount: Int, weightCount: Int, featureCount: Int) {
    secondsPerExample =
      Double(macs) / Self.macsPerSecond + Double(valueCount) / Self.valuesPerSecond
    secondsPerSelection =
      Double(weightCount) * Double(featureCount) / Self.featuresPerSecond
  }

  /// Cost of a session's network, for examples of the shape of the first one.
  init<E: Engine>(_ session: PruningSession<E>, examples: ExampleSet, featureCount: Int) throws {
    let shapes = try session.exampleShapes(from: examples)
    let outputs = Set(session.graph.nodes.flatMap(\.outputs))
    self.init(
      macs: MACCounter(session.graph).macs(shapes: shapes).values.reduce(0, +),
      valueCount: outputs.reduce(0) { $0 + (shapes[$1]?.reduce(1, *) ?? 0) },
      weightCount: session.layers.reduce(0) { $0 + $1.count }, featureCount: featureCount)
  }

  /// Seconds of one pass and its share of an evaluation on the held-out examples.
  ///
  /// - Parameter gradientsPerPass: gradients per pass, over ``AdaptationOptions/examplesPerPass`` examples each.
  func secondsPerPass(_ options: AdaptationOptions, gradientsPerPass: Int) -> Double {
    // A gradient costs as much as three forward passes.
    let learned = 3 * gradientsPerPass * options.examplesPerPass
    let judged = Double(options.heldOutExamples) / Double(max(1, options.judgingInterval))
    return secondsPerExample * (Double(learned) + judged) + secondsPerSelection
  }

  /// Number of passes within ``AdaptationOptions/computeBudgetSeconds``, at most ``AdaptationOptions/passes``.
  func affordablePasses(_ options: AdaptationOptions, gradientsPerPass: Int) -> Int {
    let affordable =
      options.computeBudgetSeconds / secondsPerPass(options, gradientsPerPass: gradientsPerPass)
    return affordable < Double(options.passes) ? Int(max(0, affordable)) : options.passes
  }

  /// Multiply–accumulates per second on 2 ordinary cores, chosen by hand.
  private static var macsPerSecond: Double { 1.6e10 }
  /// Outputs of nodes per second, chosen by hand.
  private static var valuesPerSecond: Double { 8e8 }
  /// Features of weights per second, with scoring and selection, chosen by hand.
  private static var featuresPerSecond: Double { 8e7 }
}
