import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// Prunes in stages of falling density; after each, the weights left make up for those that went, and the next stage selects
/// from the network as it then is.
///
/// A stage tries the connections that the ranking keeps and those that their output unit can least make up for
/// (``RecoverableSaliency``), and takes the network with the lower loss on held-out examples of the fit part. Every
/// correction is kept only where that loss falls.
///
/// - Source: stages and selection anew as in Singh & Alistarh, *WoodFisher*, 2020,
///   [arXiv:2004.14340](https://arxiv.org/abs/2004.14340), §5.
final class CompensatedPruning<E: Engine> {
  private let session: PruningSession<E>
  private let ranking: Ranking
  private let fit: ExampleSet
  private let objective: Objective
  private let options: PruningOptions
  let settings: CompensationSettings
  private let dense: E.Program
  private let sample: CompensationSample
  private let gradientSteps: GradientSteps<E>
  /// Stages from the dense network, the sparsest ones.
  private var reached: [(density: Double, snapshot: PruningSession<E>.Snapshot)] = []
  private var record = CompensationRecord()

  /// - Parameter settings: bounded by the size of the network where `nil`.
  init(
    _ ranking: Ranking, session: PruningSession<E>, fit: ExampleSet, objective: Objective,
    options: PruningOptions, settings: CompensationSettings? = nil
  ) throws {
    let settings =
      try settings
      ?? CompensationSettings().bounded(
        macs: MACCounter(session.graph).macs(shapes: session.exampleShapes(from: fit))
          .values.reduce(0, +), layers: session.layers.count)
    self.ranking = ranking
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
    let training = fit.subset(sample.unjudged)
    gradientSteps = GradientSteps(
      session: session, examples: training, objective: objective, options: options,
      settings: settings
    ) {
      guard needsTeacher else { return nil }
      return TeacherOutputs(
        try Evaluator<E>(metric: .fidelity).outputs(dense, with: engine, on: training))
    }
  }

  /// - Parameters:
  ///   - start: share that the network has now.
  ///   - target: share to keep, of all connections or of the cost where whole units are cut out.
  ///   - refinement: of a predictor's θ, in the last stage.
  ///   - isOutOfTime: leaves out the stages between.
  /// - Returns: what it took.
  /// - Throws: `SelectionError` where so few connections would empty a layer, and engine errors.
  func prune(
    from start: Double, to target: Double, refinement: RefinementOptions? = nil,
    isOutOfTime: () -> Bool = { false }
  ) throws -> CompensationRecord {
    let began = ContinuousClock.now
    record = CompensationRecord()
    let isDense = session.masks.count == 0
    var current = start
    if isDense, let known = reached.last(where: { $0.density > target * (1 + 1e-9) }) {
      try session.restore(known.snapshot)
      current = known.density
    }
    for density in settings.stages(from: current, to: target) {
      let isLast = density == target
      if !isLast, isOutOfTime() { continue }
      let refinement = isLast ? refinement : nil
      let before = record
      record =
        before
        + (try session.change(
          "stage", "to \(density), refined by \(refinement.map { "\($0)" } ?? "none")"
        ) {
          record = CompensationRecord()
          try takeStage(to: density, refinement: refinement)
          return record
        })
      if isDense, !isLast { try remember(density) }
    }
    record.wallSeconds = (ContinuousClock.now - began).seconds
    return record
  }

  private func remember(_ density: Double) throws {
    guard density < reached.last?.density ?? .infinity else { return }
    reached.append((density, try session.snapshot()))
    if reached.count > Self.keptStages { reached.removeFirst() }
  }

  private func takeStage(to density: Double, refinement: RefinementOptions?) throws {
    record.stages += 1
    var passes = IteratedSelectionOptions()
    // A stage has a rival of its own.
    passes.triesPrior = false
    let selected = try MaskSelector(
      ranking, session: session, fit: fit, objective: objective, options: options,
      selection: passes, refinement: refinement
    ).select(keeping: density)
    record.gradientEvaluations += selected.gradientEvaluations
    if let refinement = selected.refinement {
      record.refinementSeconds += refinement.wallSeconds
      record.refinementNominalSeconds += refinement.nominalSeconds
      record.refinementsCutShort += refinement.isCutShort ? 1 : 0
    }
    var choices = [selected.masks]
    if options.granularity == .element, ranking.ranksConnections {
      choices.append(
        try RecoverableSelection(
          session: session, fit: fit, objective: objective, options: options, settings: settings
        ).masks(keeping: density))
    }
    let fisher = FisherUpdate(
      session: session, sample: sample, settings: settings, objective: objective)
    let gradients = try fisher.exampleGradients()
    let before = try session.snapshot()
    var best: (loss: Double, choice: Int, snapshot: PruningSession<E>.Snapshot)?
    for (choice, masks) in choices.enumerated() {
      if choice > 0 { try session.restore(before) }
      let updates = try fisher.corrections(for: masks, gradients: gradients)
      let loss = try compensate(masks, updates: updates)
      if choice == 0 || loss < best?.loss ?? .infinity {
        best = (loss, choice, try session.snapshot())
      }
    }
    guard let best else { return }
    if best.choice == 0 { record.rankedStages += 1 }
    try session.restore(best.snapshot)
    if options.compensation == .firstOrder { try takeGradientSteps() }
  }

  /// - Returns: the held-out loss that is left.
  private func compensate(
    _ masks: MaskSet, updates: [[String: LayerCorrection]]
  ) throws -> Double {
    try session.apply(masks)
    let judge = CompensationGuard(
      engine: session.engine, program: try session.program, batches: sample.judging,
      objective: objective)
    try reestimateNormalization()
    try judge.measure()
    try apply(updates, judge)
    try LayerReconstruction(session: session, dense: dense, sample: sample, settings: settings)
      .run(judge: judge, record: &record)
    if session.hasNormalization {
      let reconstructed = try session.engine.parameters(of: try session.program)
      try reestimateNormalization()
      _ = try judge.keepsChange(over: reconstructed)
    }
    record.evaluations += judge.evaluations
    return judge.loss
  }

  private func reestimateNormalization() throws {
    if session.hasNormalization {
      try session.reestimateNormalization(on: fit, options: options)
    }
  }

  private func apply(
    _ updates: [[String: LayerCorrection]], _ judge: CompensationGuard<E>
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

  private func takeGradientSteps() throws {
    let judge = CompensationGuard(
      engine: session.engine, program: try session.program, batches: sample.judging,
      objective: objective)
    try judge.measure()
    record.gradientSteps += try gradientSteps.take(judge: judge)
    record.evaluations += judge.evaluations
  }

  /// Bounds the memory for stages that later prunings may start from.
  private static var keptStages: Int { 8 }
}

extension Ranking {
  /// Whether single connections are ranked, rather than units that go as a whole.
  var ranksConnections: Bool {
    switch self {
    case .predictor: true
    case .units: false
    case .criterion(let criterion): criterion.granularity == .element
    }
  }
}
