import PruneCore

extension PruningRun {
  /// Before the first tuning: finds what to train towards and how fast, on a small part of the epochs.
  ///
  /// - Parameter target: a density as low as the tuning may have to recover from.
  func chooseTuning(towards target: Double) throws {
    guard tuner.epochsLeft > 0, !isOutOfTime else { return }
    let allowance = tuner.epochsLeft
    try chooseTeaching(epochs: Self.teachingEpochs(of: allowance))
    try chooseLearningRate(
      towards: target, epochs: min(Self.longestTrialEpochs, Self.trialShare * allowance))
    progress(.tuningChosen(tuner.choice))
  }

  /// Trains the dense network a little on the labels. Where it gets better by that, as an under-trained one does, its outputs
  /// would hold the pruned one back, and labels teach; else its outputs do, which say more.
  private func chooseTeaching(epochs: Double) throws {
    guard tuner.hasChoice else { return }
    let start = try session.snapshot()
    try restoreDense()
    tuner.teaching = .labels
    let isPlain = start.masks.sparsity == 0
    var gains = false
    do {
      let isTrained = try tune(epochs: epochs).loss != nil
      let gain = PairedGain(from: dense, to: try evaluate())
      // Training at a full rate costs a network that can learn no more; what gains even a little can learn.
      gains = isTrained && gain.standardScore > Self.leastGain
    } catch ControllerError.diverged {
      _ = tuner.lowerLearningRate()
    }
    if !gains { tuner.teaching = .denseNetwork }
    // What a better dense network has learned is kept where the ramp starts from it.
    if !gains || !isPlain { try session.restore(start) }
  }

  /// Tries the ruled rate, and a third of it for as long as that is clearly better, each on a short ramp.
  ///
  /// What a short trial is for is a rate with which the network does not learn at all. Small differences say little about
  /// the whole training: where there is little to recover, the smaller rate has disturbed less.
  private func chooseLearningRate(towards target: Double, epochs: Double) throws {
    // Over so few steps the rate that moves least looks best.
    guard tuner.stepCount(epochs: epochs) >= Self.fewestTrialSteps else { return }
    let start = try session.snapshot()
    var best: (loss: Double, factor: Float)?
    for _ in 0..<Self.mostTrials where !isOutOfTime && tuner.epochsLeft > epochs {
      let factor = tuner.rateFactor
      do {
        if let loss = try descend(to: target, epochs: epochs, isTrial: true),
          loss < (best?.loss ?? .infinity) * Self.clearlyLess
        {
          best = (loss, factor)
        }
      } catch ControllerError.diverged {
        // A rate that diverges is simply not the one to take.
      }
      try session.restore(start)
      if let best, best.factor != factor { break }
      tuner.rateFactor = factor / Self.trialStep
    }
    tuner.rateFactor = best?.factor ?? tuner.rateFactor
  }

  /// Trains at the density there is.
  @discardableResult
  func tune(epochs: Double) throws -> FineTuner<E>.Result {
    try tuner.tune(
      epochs: epochs, round: rounds.count, density: { density }, isOutOfTime: { isOutOfTime },
      progress: progress)
  }

  /// Less than half of the data says little; but a fifth of the epochs is the most that a wrong guess may cost.
  private static func teachingEpochs(of allowance: Double) -> Double {
    min(1, max(0.1 * allowance, min(0.5, 0.2 * allowance)))
  }

  /// Standard errors.
  private static var leastGain: Double { 1 }
  private static var trialShare: Double { 0.025 }
  private static var longestTrialEpochs: Double { 0.25 }
  private static var mostTrials: Int { 4 }
  private static var fewestTrialSteps: Int { 20 }
  private static var clearlyLess: Double { 0.8 }
  private static var trialStep: Float { 3 }
}
