import Foundation
import PruneController
import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSelection

/// Descent of θ along selection trajectories: at every pass of a selection by θ, one step against the gradient of the loss
/// after a relaxed selection, on newly drawn examples. The networks take turns, so that no two steps see the same state.
///
/// - Source: steps on the states that θ itself leads to as in Ross et al., *A Reduction of Imitation Learning and
///   Structured Prediction to No-Regret Online Learning*, 2011, [arXiv:1011.0686](https://arxiv.org/abs/1011.0686); the
///   mean of the last iterates as in Polyak & Juditsky, *Acceleration of Stochastic Approximation by Averaging*, SIAM
///   Journal on Control and Optimization 30, 1992.
struct TrajectoryDescent {
  /// Number of selections; every pass of each is a step.
  var selections: Int
  /// Largest change of a parameter per step; falls to a tenth. Chosen by hand.
  var learningRate = 0.01
  /// Temperature of the relaxed selections, in standard deviations of the scores. Chosen by hand.
  var temperature = 0.1
  /// Weight of `½ ‖θ − θ₀‖²`.
  var ridge: Double
  /// Relative loss where the objective turns from linear to logarithmic, as in ``EndToEndFit/lossScale``.
  var lossScale = 0.1

  /// - Parameters:
  ///   - predictor: predictor with θ₀, the start and the centre of the ridge.
  ///   - states: states of the networks.
  /// - Returns: predictor with the mean θ of the last half of the steps.
  func fit<E: Engine>(
    _ predictor: LogisticPredictor, on states: inout TrajectoryStates<E>
  ) throws -> LogisticPredictor {
    var current = predictor
    var descent = AdamDescent(parameterCount: predictor.parameters.count)
    var mean = [Double](repeating: 0, count: predictor.parameters.count)
    var (averaged, step) = (0.0, 0)
    let passes = states.selection.descendingPasses + states.selection.targetPasses
    let total = max(1, selections * passes)
    for _ in 0..<selections {
      let subject = states.nextSubject()
      var trajectory = states.trajectory(of: subject, by: current)
      for _ in 0..<passes {
        let seen = states.drawBatch(subject, states.selection.examplesPerPass)
        try trajectory.observe(states.runner(of: subject, on: seen))
        let scorer = current.scorer(for: trajectory.table())
        let density = trajectory.passDensity
        let blend = trajectory.blend(scorer.scores(current.parameters, targetDensity: density))
        let relaxed = RelaxedSelection(
          scores: subject.pooling.pooled(blend.values), masks: subject.state.masks,
          keptCount: density * Double(subject.state.weightCount), temperature: temperature)
        let learned = states.runner(
          of: subject, on: states.drawBatch(subject, states.examplesPerState))
        let (loss, maskGradients) = try learned.lossAndGradient(softMask: relaxed.softMask)
        let slope = slope(of: loss, for: subject)
        let scoreGradients = subject.pooling.pullback(
          relaxed.scoreGradients(maskGradients), at: blend.values)
        let gradient = zip(
          scorer.parameterGradient(blend.scoreGradients(scoreGradients), targetDensity: density),
          zip(current.parameters, predictor.parameters)
        ).map { slope * $0 + ridge * ($1.0 - $1.1) }
        descent.step(
          &current.parameters, gradient: gradient,
          rate: learningRate * (1 - 0.9 * Double(step) / Double(total)))
        try trajectory.select(blend)
        step += 1
        guard 2 * step > total else { continue }
        averaged += 1
        for index in mean.indices {
          mean[index] += (current.parameters[index] - mean[index]) / averaged
        }
      }
    }
    if averaged > 0 { current.parameters = mean }
    return current
  }

  /// Slope of `asinh(relative loss / lossScale)` by the loss.
  private func slope<E: Engine>(
    of loss: Double, for subject: TrajectoryStates<E>.Subject
  ) -> Double {
    let range = max(
      subject.emptiedLoss - subject.denseLoss, 0.05 * subject.emptiedLoss.magnitude, 1e-6)
    let ratio = (loss - subject.denseLoss) / range / lossScale
    return 1 / (1 + ratio * ratio).squareRoot() / lossScale / range
  }
}
