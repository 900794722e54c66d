import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSession

extension CompensatedPruning {
  /// Runs one stage: selects masks in up to two ways, compensates for the pruned weights, and keeps the better network.
  func takeStage(to density: Double, phase: Phase, adaptation: AdaptationOptions?) throws {
    record.stages += 1
    var passes = IterativeSettings()
    // A stage has an alternative of its own.
    passes.comparesWithPrior = false
    let selected = try choice.finalSelector(passes, adapting: adaptation).select(keeping: density)
    record.gradientEvaluations += selected.gradientEvaluations
    if let adaptation = selected.adaptation {
      record.adaptationSeconds += adaptation.wallSeconds
      record.adaptationComputeSeconds += adaptation.computeBudgetSeconds
      record.adaptationsCutShort += adaptation.isCutShort ? 1 : 0
    }
    var choices = [selected]
    if options.granularity == .element, choice.criterion.scoresWeights {
      choices.append(
        try RecoverableSelector(
          session: session, examples: choice.examples, objective: objective, options: options,
          settings: settings
        ).select(keeping: density))
    }
    let fisher = FisherUpdate(
      session: session, sample: sample, settings: settings, objective: objective)
    let gradients = phase == .throughout ? try fisher.exampleGradients() : [:]
    let countBefore = keptCount
    let before = try session.snapshot()
    var best: (loss: Double, choice: Int, snapshot: NetworkSnapshot)?
    for (position, masks) in choices.map(\.masks).enumerated() {
      if position > 0 { try session.restore(before) }
      let updates = try fisher.corrections(for: masks, gradients: gradients)
      let loss = try compensate(masks, updates: updates, fitsLayers: phase == .throughout)
      if position == 0 || loss < best?.loss ?? .infinity {
        best = (loss, position, try session.snapshot())
      }
    }
    guard let best else { return }
    if best.choice == 0 { record.rankedStages += 1 }
    record.selectedBy = choices[best.choice].selectedBy
    try session.restore(best.snapshot)
    if keptCount < countBefore { try takeNewtonStep() }
    if options.compensation == .firstOrder { try takeGradientSteps() }
  }

  /// Weights that the current masks keep.
  private var keptCount: Int {
    session.layers.reduce(0) { $0 + (session.masks[$1.parameter]?.keptCount ?? $1.count) }
  }

  /// Applies masks and the corrections that lower the held-out loss.
  ///
  /// - Returns: held-out loss of the corrected network.
  private func compensate(
    _ masks: MaskSet, updates: [[String: LayerCorrection]], fitsLayers: Bool
  ) throws -> Double {
    try session.apply(masks)
    try reestimateNormalization()
    let judge = try makeJudge()
    try apply(updates, judge)
    if fitsLayers {
      try LayerReconstruction(session: session, dense: dense, sample: sample, settings: settings)
        .run(judge: judge, record: &record)
    }
    try settleNormalization(judge)
    record.evaluations += judge.evaluations
    return judge.loss
  }

  /// Re-estimates the normalisation statistics for the corrected weights; kept where that lowers the held-out loss.
  private func settleNormalization(_ judge: HeldOutLossGate<E>) throws {
    guard session.hasNormalization else { return }
    let before = try session.engine.parameters(of: try session.program)
    try reestimateNormalization()
    _ = try judge.keepsChange(over: before)
  }

  private func reestimateNormalization() throws {
    if session.hasNormalization {
      try session.reestimateNormalization(on: choice.examples, options: options)
    }
  }

  private func apply(
    _ updates: [[String: LayerCorrection]], _ judge: HeldOutLossGate<E>
  ) throws {
    guard !updates.isEmpty else { return }
    record.triedFisherUpdates += 1
    let before = try session.engine.parameters(of: try session.program)
    let candidates = updates.flatMap { update in
      settings.steps.map { step in
        session.layers.reduce(into: [String: HostTensor]()) { result, layer in
          guard let correction = update[layer.parameter]?.scaled(by: step) else { return }
          result.merge(correction.applied(to: layer, bias: nil, parameters: before)) { $1 }
        }
      }
    }
    if try judge.takeBest(of: candidates, over: before) { record.keptFisherUpdates += 1 }
  }

  private func takeNewtonStep() throws {
    guard
      let step = NewtonStep(
        session: session, sample: sample, settings: settings, objective: objective,
        seed: options.seed)
    else { return }
    let judge = try makeJudge()
    record.triedFisherUpdates += 1
    let before = try session.engine.parameters(of: try session.program)
    if try judge.takeBest(of: try step.candidates(), over: before) {
      record.keptFisherUpdates += 1
      try settleNormalization(judge)
    }
    record.evaluations += judge.evaluations
  }

  private func takeGradientSteps() throws {
    let judge = try makeJudge()
    record.gradientSteps += try gradientSteps.take(judge: judge)
    record.evaluations += judge.evaluations
  }
}
