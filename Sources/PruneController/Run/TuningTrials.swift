import PruneCore
import PruneSession
import PruneTraining

/// Short trials before the first fine-tuning that counts: they choose the training target and the learning rate, on a small
/// part of the epochs.
struct TuningTrials<E: Engine> {
  let run: PruningRun<E>

  /// Chooses the training target, then the learning rate, and reports both.
  ///
  /// - Parameter target: lowest density that the fine-tuning may have to recover from.
  func choose(towards target: Double) throws {
    let (tuner, policy) = (run.tuner, run.policy)
    guard tuner.epochsLeft > 0, !run.isOutOfTime else { return }
    let allowance = tuner.epochsLeft
    try chooseTrainingTarget(epochs: labelTrialEpochs(of: allowance))
    try chooseLearningRate(
      towards: target,
      epochs: min(policy.longestRateTrialEpochs, policy.rateTrialShare * allowance))
    run.progress(.tuningChosen(tuner.choice))
  }

  /// Trains the dense network a little on the labels. Where its metric improves, as that of an under-trained network does,
  /// its outputs would hold the pruned network back, and labels are the training target; else its outputs are, which carry
  /// more information.
  private func chooseTrainingTarget(epochs: Double) throws {
    let (session, tuner) = (run.session, run.tuner)
    guard tuner.hasChoice else { return }
    let start = try session.snapshot()
    try run.restoreDense()
    tuner.target = .labels
    let isPlain = start.masks.sparsity == 0
    var gains = false
    do {
      let isTrained = try run.tune(epochs: epochs).loss != nil
      let gain = PairedGain(from: run.dense, to: try run.evaluate())
      // Training at a full rate costs a network that can learn no more; what gains even a little can learn.
      gains = isTrained && gain.standardScore > run.policy.leastLabelGain
    } catch TrainingError.diverged {
      _ = tuner.lowerLearningRate()
    }
    if !gains { tuner.target = .denseNetwork }
    // The further trained dense network is kept where the pruning starts from it.
    if !gains || !isPlain { try session.restore(start) }
  }

  /// Tries the default learning rate, then lower ones by ``SearchPolicy/rateTrialFactor`` for as long as each is clearly
  /// better, each on a short gradual pruning.
  ///
  /// The trials find rates with which the network does not learn at all. Small differences say little about the whole
  /// training: where there is little to recover, the smaller rate has disturbed less.
  private func chooseLearningRate(towards target: Double, epochs: Double) throws {
    let (session, tuner, policy) = (run.session, run.tuner, run.policy)
    guard tuner.stepCount(epochs: epochs) >= policy.fewestTrialSteps else { return }
    let start = try session.snapshot()
    var best: (loss: Double, factor: Float)?
    for _ in 0..<policy.mostRateTrials where !run.isOutOfTime && tuner.epochsLeft > epochs {
      let factor = tuner.rateFactor
      do {
        if let loss = try GradualPruning(run: run).descend(
          to: target, epochs: epochs, isTrial: true),
          loss < (best?.loss ?? .infinity) * policy.clearlyLessLoss
        {
          best = (loss, factor)
        }
      } catch TrainingError.diverged {
        // A rate that diverges is not taken.
      }
      try session.restore(start)
      if let best, best.factor != factor { break }
      tuner.rateFactor = factor / policy.rateTrialFactor
    }
    tuner.rateFactor = best?.factor ?? tuner.rateFactor
  }

  /// Epochs of the trial of labels: ``SearchPolicy/wantedLabelTrialEpochs`` within a least and a largest share of the
  /// epochs, at most 1.
  private func labelTrialEpochs(of allowance: Double) -> Double {
    let policy = run.policy
    return min(
      1,
      max(
        policy.leastLabelTrialShare * allowance,
        min(policy.wantedLabelTrialEpochs, policy.mostLabelTrialShare * allowance)))
  }
}

extension PruningRun {
  /// Fine-tunes the current network at its density.
  @discardableResult
  func tune(epochs: Double) throws -> FineTuner<E>.Result {
    try tuner.tune(
      epochs: epochs, round: rounds.count, isOutOfTime: { isOutOfTime }, progress: { report($0) })
  }
}
