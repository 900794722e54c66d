import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// Prunes in stages of falling density; after each, the weights left make up for those that went, and the next stage selects
/// from the network as it then is.
///
/// One stage to a high sparsity misleads the fit: layers far from the dense network's inputs are fitted to what they cannot
/// reach. Every correction is kept only where the loss on held-out examples of the fit part falls.
///
/// - Source: stages and selection anew as in Singh & Alistarh, *WoodFisher*, 2020,
///   [arXiv:2004.14340](https://arxiv.org/abs/2004.14340), §5.
final class CompensatedPruning<E: Engine> {
  private(set) var record = CompensationRecord()
  private let session: PruningSession<E>
  private let fit: ExampleSet
  private let objective: Objective
  private let options: PruningOptions
  private let settings: CompensationSettings
  private let dense: E.Program
  private let sample: CompensationSample

  init(
    session: PruningSession<E>, fit: ExampleSet, objective: Objective, options: PruningOptions,
    settings: CompensationSettings = CompensationSettings()
  ) throws {
    self.session = session
    self.fit = fit
    self.objective = objective
    self.options = options
    self.settings = settings
    let engine = session.engine
    let dense = try engine.prepare(session.graph)
    self.dense = dense
    let needsTeacher =
      switch objective {
      case .crossEntropy: false
      case .meanSquaredError: !fit.hasTargets
      case .distillation: true
      }
    sample = try CompensationSample(fit, settings: settings, seed: options.seed) {
      needsTeacher ? try engine.run(dense, on: $0) : nil
    }
  }

  /// - Parameter select: masks for the network as it is that keep a share of its connections.
  func prune(
    from current: Double, to target: Double, select: (Double) throws -> [MaskSet],
    isOutOfTime: () -> Bool = { false }
  ) throws {
    let start = ContinuousClock.now
    for density in settings.stages(from: current, to: target) {
      if isOutOfTime(), density != target { continue }
      record.stages += 1
      let choices = try select(density)
      let begin = try session.snapshot()
      var best: (loss: Double, snapshot: PruningSession<E>.Snapshot)?
      var losses: [Double] = []
      for masks in choices {
        try session.restore(begin)
        let loss = try stage(masks: masks, isLast: density == target)
        losses.append(loss)
        if loss < best?.loss ?? .infinity { best = (loss, try session.snapshot()) }
      }
      if let best { try session.restore(best.snapshot) }
      print(density, losses, ContinuousClock.now - start)
    }
    record.wallSeconds += (ContinuousClock.now - start).seconds
  }

  private func stage(masks: MaskSet, isLast: Bool) throws -> Double {
    let judge = CompensationGuard(
      engine: session.engine, program: session.program, batches: sample.judging,
      objective: objective)
    let updates = try FisherUpdate(
      session: session, sample: sample, settings: settings, objective: objective
    ).corrections(for: masks)
    try session.apply(masks)
    if session.hasNormalization {
      try session.reestimateNormalization(on: fit, options: options)
    }
    try judge.measure()
    if try take(updates, judge) { record.keptFisherUpdates += 1 }
    try LayerReconstruction(session: session, dense: dense, sample: sample, settings: settings)
      .run(judge: judge, record: &record)
    if options.compensation == .firstOrder { try takeGradientSteps(judge) }
    if session.hasNormalization {
      try session.reestimateNormalization(on: fit, options: options)
    }
    record.evaluations += judge.evaluations
    return judge.loss
  }

  func recoverable(keeping density: Double) throws -> MaskSet {
    let state = try session.state(
      RecoverableSaliency.requiredStatistics, on: fit, limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: objective, seed: options.seed)
    let scores = zip(state.layers, zip(state.weights, zip(state.masks, state.statistics))).map {
      layer, rest in
      RecoverableSaliency(layer, statistics: rest.1.1).scores(of: rest.0, kept: rest.1.0)
    }
    return try ElementRanking.masks(keeping: density, scores: scores, of: state)
  }

  private func take(
    _ updates: [[String: LayerCorrection]], _ judge: CompensationGuard<E>
  ) throws -> Bool {
    let before = try session.engine.parameters(of: session.program)
    let candidates = updates.flatMap { update in
      settings.steps.map { step in
        session.layers.reduce(into: [String: HostTensor]()) { result, layer in
          guard let correction = update[layer.parameter]?.scaled(by: step) else { return }
          result.merge(correction.applied(to: layer, bias: nil, parameters: before)) { $1 }
        }
      }
    }
    return try judge.takeBest(of: candidates, over: before)
  }

  /// Adam on the weights left, masks held; undone where the held-out loss does not fall.
  private func takeGradientSteps(_ judge: CompensationGuard<E>) throws {
    let before = try session.engine.parameters(of: session.program)
    let total = settings.gradientSteps
    let plan = TrainingPlan(
      objective: objective, optimizer: .standardAdam, peakLearningRate: 1e-3,
      schedule: LearningRateSchedule(.cosine), gradientNormLimit: 5, batchSize: options.batchSize,
      epochs: Double(total * options.batchSize) / Double(fit.count),
      seed: options.seed &+ UInt64(record.stages))
    try session.engine.setOptimizerState([:], of: session.program)
    try Trainer(session.engine, plan: plan).train(session.program, on: fit)
    record.gradientSteps += total
    let after = try session.engine.parameters(of: session.program)
    _ = try judge.takeBest(of: [after], over: before)
    try session.engine.setOptimizerState([:], of: session.program)
  }
}
