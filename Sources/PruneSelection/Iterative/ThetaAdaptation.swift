import PruneCore
import PruneFeatures
import PrunePredictor

/// Refines θ on the network at hand while its selection goes on: every pass selects by the present θ, and moves θ against
/// the gradient of the loss after a relaxed selection of that pass, on other examples. Weights stay as they are.
///
/// θ moves layer by layer, as a ``LayerwisePredictor`` whose prior is the predictor it starts from.
///
/// - Source: steps on the states that θ itself leads to as in Ross et al., *A Reduction of Imitation Learning and
///   Structured Prediction to No-Regret Online Learning*, 2011, [arXiv:1011.0686](https://arxiv.org/abs/1011.0686).
struct ThetaAdaptation<E: Engine> {
  private(set) var predictor: LayerwisePredictor
  private let options: AdaptationOptions
  private let plannedPasses: Int
  private var descent: AdamDescent
  private var steps = 0

  /// - Parameters:
  ///   - table: features of the network at hand.
  ///   - plannedPasses: over which the steps of θ shrink.
  init(
    of predictor: any ImportancePredictor, table: FeatureTable, options: AdaptationOptions,
    plannedPasses: Int
  ) {
    self.predictor = LayerwisePredictor(correcting: predictor, for: table)
    self.options = options
    self.plannedPasses = plannedPasses
    descent = AdamDescent(parameterCount: self.predictor.parameters.count)
  }

  /// Selects by θ as it is, then moves it.
  ///
  /// - Parameters:
  ///   - observer: for features of the selection as it stands.
  ///   - learner: for the step of θ, on other examples.
  mutating func pass(
    _ trajectory: inout SelectionTrajectory<E>, observer: MaskedRunner<E>,
    learner: MaskedRunner<E>
  ) throws {
    if predictor.base.readsState { try trajectory.observe(observer) }
    let scorer = predictor.scorer(for: trajectory.table())
    let density = trajectory.passDensity
    let network = trajectory.state.network
    let blend = trajectory.blend(scorer.scores(predictor.parameters, targetDensity: density))
    let relaxed = RelaxedSelection(
      scores: blend.values, masks: network.masks,
      keptCount: density * Double(network.weightCount), temperature: options.temperature)
    let (_, maskGradients) = try learner.lossAndGradient(softMask: relaxed.softMask)
    var gradient = scorer.parameterGradient(
      blend.scoreGradients(relaxed.scoreGradients(maskGradients)), targetDensity: density)
    for (index, parameter) in predictor.parameters.enumerated() {
      gradient[index] += options.ridge * parameter
    }
    let done = Double(steps) / Double(max(1, plannedPasses))
    descent.step(
      &predictor.parameters, gradient: gradient, rate: options.learningRate * (1 - 0.9 * done))
    steps += 1
    try trajectory.select(blend)
  }
}
