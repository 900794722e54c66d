import PruneCore
import PruneFeatures
import PrunePredictor

/// Adaptation of θ to one network along its selection: every pass selects by the current θ and moves θ against the
/// gradient of the loss of that pass's relaxed selection, on other examples. Weights are unchanged.
///
/// θ is adapted layer by layer, as the corrections of a ``LayerwisePredictor`` to the predictor that it starts from.
///
/// - Source: steps on the states that θ itself leads to as in Ross et al., *A Reduction of Imitation Learning and
///   Structured Prediction to No-Regret Online Learning*, 2011, [arXiv:1011.0686](https://arxiv.org/abs/1011.0686).
struct ThetaAdaptation<E: Engine> {
  /// Predictor with the current corrections.
  private(set) var predictor: LayerwisePredictor
  private let options: AdaptationOptions
  private let plannedPasses: Int
  private var descent: AdamDescent
  private var steps = 0

  /// - Parameters:
  ///   - predictor: predictor to start from.
  ///   - table: features of the network.
  ///   - plannedPasses: passes over which the learning rate falls to a tenth.
  init(
    of predictor: any ImportancePredictor, table: FeatureTable, options: AdaptationOptions,
    plannedPasses: Int
  ) {
    self.predictor = LayerwisePredictor(correcting: predictor, for: table)
    self.options = options
    self.plannedPasses = plannedPasses
    descent = AdamDescent(parameterCount: self.predictor.parameters.count)
  }

  /// Selects by the current θ, then takes one step of θ.
  ///
  /// - Parameters:
  ///   - observer: runner for the gradients that features read.
  ///   - learner: runner for the step of θ, on other examples.
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
