package import PruneCore
import PruneData
import PruneFeatures
package import PruneSelection
import PruneSession
import PruneSupport
import PruneTraining

/// Prunes in stages of falling density; after each, the weights left make up for those that went, and the next stage selects
/// from the network as it then is.
///
/// A stage tries the connections that the ranking keeps and those that their output unit can least make up for
/// (``RecoverableCriterion``), and takes the network with the lower loss on held-out examples of the fit part. Every
/// correction is kept only where that loss falls.
///
/// Layers that were fitted early lose more when most of what they were fitted with goes too. Where so few connections are to
/// stay that all can be solved for at once (``NewtonStep``), a second course therefore begins there, from the dense
/// network, and the network with the lower held-out loss is taken.
///
/// - Source: stages and selection anew as in Singh & Alistarh, *WoodFisher*, 2020,
///   [arXiv:2004.14340](https://arxiv.org/abs/2004.14340), §5.
package final class CompensatedPruning<E: Engine> {
  /// Which stages there are, and what makes up for what went.
  enum Course: String {
    /// From the first stage on.
    case throughout
    /// Where all connections left can be solved for at once, and only by that.
    case late
  }

  let choice: SelectorChoice<E>
  let settings: CompensationSettings
  let dense: E.Program
  let sample: CompensationSample
  let gradientSteps: GradientSteps<E>
  /// Stages from the dense network, the sparsest ones of each course.
  private var reached: [Course: [(density: Double, snapshot: NetworkSnapshot)]] = [:]
  var record = CompensationRecord()

  var session: PruningSession<E> { choice.session }
  var options: PruningOptions { choice.options }
  var objective: Objective { choice.objective }

  /// - Parameter settings: bounded by the size of the network where `nil`.
  package init(_ choice: SelectorChoice<E>, settings: CompensationSettings? = nil) throws {
    let (session, fit, objective) = (choice.session, choice.examples, choice.objective)
    let options = choice.options
    let settings =
      try settings
      ?? CompensationSettings().bounded(
        macs: MACCounter(session.graph).macs(shapes: session.exampleShapes(from: fit))
          .values.reduce(0, +), layers: session.layers.count)
    self.choice = choice
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
  ///   - adaptation: of a predictor's θ, in the last stage of the first course.
  ///   - isOutOfTime: leaves out the stages between, and the second course.
  /// - Returns: what it took.
  /// - Throws: `SelectionError` where so few connections would empty a layer, and engine errors.
  package func prune(
    from start: Double, to target: Double, adaptation: AdaptationOptions? = nil,
    isOutOfTime: () -> Bool = { false }
  ) throws -> CompensationRecord {
    let began = ContinuousClock.now
    record = CompensationRecord()
    let stages = settings.stages(from: start, to: target)
    let late = lateStages(stages, from: start)
    let before = late.isEmpty ? nil : try session.snapshot()
    try take(.throughout, stages, adaptation: adaptation, isOutOfTime: isOutOfTime)
    if let before, !isOutOfTime() {
      let loss = try makeJudge().loss
      let first = try session.snapshot()
      try session.restore(before)
      try take(.late, late, adaptation: nil, isOutOfTime: isOutOfTime)
      if try makeJudge().loss >= loss { try session.restore(first) }
      record.evaluations += 2
    }
    record.wallSeconds = (ContinuousClock.now - began).seconds
    return record
  }

  /// Takes the stages of a course, from the last that another pruning reached.
  private func take(
    _ course: Course, _ stages: [Double], adaptation: AdaptationOptions?,
    isOutOfTime: () -> Bool
  ) throws {
    let isDense = session.masks.count == 0
    let target = stages.last ?? 1
    var left = stages[...]
    if isDense, let known = reached[course]?.last(where: { $0.density > target * (1 + 1e-9) }) {
      try session.restore(known.snapshot)
      left = left.drop { $0 >= known.density * (1 - 1e-9) }
    }
    for density in left {
      let isLast = density == target
      if !isLast, isOutOfTime() { continue }
      try journal(course, to: density, adaptation: isLast ? adaptation : nil)
      if isDense, !isLast { try remember(density, of: course) }
    }
  }

  /// Those of the second course; none where even the last keeps more connections than can be solved for at once.
  private func lateStages(_ stages: [Double], from start: Double) -> [Double] {
    guard options.granularity == .element, choice.criterion.scoresWeights,
      let target = stages.last, target < start
    else { return [] }
    let connections = Double(session.layers.reduce(0) { $0 + $1.count })
    return stages.filter {
      settings.canSolve(weights: Int($0 * connections), examples: sample.fittingCount)
    }
  }

  /// Takes a stage, or what it came to in the run that is resumed.
  private func journal(
    _ course: Course, to density: Double, adaptation: AdaptationOptions?
  ) throws {
    let before = record
    let name = course == .throughout ? "" : "\(course) "
    record =
      before
      + (try session.change(
        "stage", "\(name)to \(density), refined by \(adaptation.map { "\($0)" } ?? "none")"
      ) {
        record = CompensationRecord()
        try takeStage(to: density, course: course, adaptation: adaptation)
        return record
      })
  }

  /// A judge of the network as it is, with its loss measured.
  func makeJudge() throws -> HeldOutLossGate<E> {
    let judge = HeldOutLossGate(
      engine: session.engine, program: try session.program, batches: sample.judging,
      objective: objective)
    try judge.measure()
    return judge
  }

  private func remember(_ density: Double, of course: Course) throws {
    var known = reached[course] ?? []
    guard density < known.last?.density ?? .infinity else { return }
    known.append((density, try session.snapshot()))
    if known.count > Self.keptStages { known.removeFirst() }
    reached[course] = known
  }

  /// Bounds the memory for stages that later prunings may start from.
  private static var keptStages: Int { 8 }
}
