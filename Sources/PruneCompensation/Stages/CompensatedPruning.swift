public import PruneCore
import PruneData
import PruneFeatures
package import PruneSelection
import PruneSession
import PruneSupport
import PruneTraining

/// Prunes in stages of falling density; after each stage the kept weights compensate for the pruned ones, and the next stage
/// selects from the corrected network.
///
/// A stage tries two masks, that of the pruning criterion and that of ``RecoverableCriterion``, and takes the network with
/// the lower loss on held-out examples of the training part. A correction is kept only where it lowers that loss.
///
/// Layers corrected in early stages lose more when most of the weights that they were corrected with are pruned too. Where
/// so few weights are to be kept that all can be solved for at once (``NewtonStep``), a second compensation phase therefore
/// begins there, from the dense network, and the network with the lower held-out loss is taken.
///
/// - Source: stages and selection anew as in Singh & Alistarh, *WoodFisher*, 2020,
///   [arXiv:2004.14340](https://arxiv.org/abs/2004.14340), §5.
package final class CompensatedPruning<E: Engine> {
  /// Compensation phase: which stages it has, and which corrections they make.
  enum Phase: String {
    /// All stages, corrected by Fisher updates, layer reconstruction and, where solvable, a Newton step.
    case throughout
    /// Stages whose kept weights can all be solved for at once, corrected by a Newton step in place of the other two.
    case late
  }

  let choice: SelectorChoice<E>
  let settings: CompensationSettings
  let dense: E.Program
  let sample: CompensationSample
  let gradientSteps: GradientSteps<E>
  /// Networks after stages that began with the dense network, by phase; the sparsest ``keptStages`` of each.
  private var reached: [Phase: [(density: Double, snapshot: NetworkSnapshot)]] = [:]
  var record = CompensationRecord()

  var session: PruningSession<E> { choice.session }
  var options: PruningOptions { choice.options }
  var objective: Objective { choice.objective }

  /// - Parameter settings: constants of the compensation; the defaults bounded by the network's size where `nil`.
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
  ///   - start: density of the network before the pruning, 0 … 1.
  ///   - target: density to reach, 0 … 1: of weights, or of the cost where whole units are cut out.
  ///   - adaptation: adaptation of the predictor's θ in the last stage of the first phase; `nil` for none.
  ///   - isOutOfTime: where it returns `true`, the stages before the last and the second phase are skipped.
  /// - Returns: record of all stages.
  /// - Throws: `SelectionError` where so few weights would empty a layer, and engine errors.
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

  /// Runs the stages of a phase, starting after the last one that an earlier pruning reached.
  private func take(
    _ phase: Phase, _ stages: [Double], adaptation: AdaptationOptions?,
    isOutOfTime: () -> Bool
  ) throws {
    let isDense = session.masks.count == 0
    let target = stages.last ?? 1
    var left = stages[...]
    if isDense, let known = reached[phase]?.last(where: { $0.density > target * (1 + 1e-9) }) {
      try session.restore(known.snapshot)
      left = left.drop { $0 >= known.density * (1 - 1e-9) }
    }
    for density in left {
      let isLast = density == target
      if !isLast, isOutOfTime() { continue }
      try journal(phase, to: density, adaptation: isLast ? adaptation : nil)
      if isDense, !isLast { try remember(density, of: phase) }
    }
  }

  /// Densities of the second phase; empty where even the last keeps more weights than can be solved for at once.
  private func lateStages(_ stages: [Double], from start: Double) -> [Double] {
    guard options.granularity == .element, choice.criterion.scoresWeights,
      let target = stages.last, target < start
    else { return [] }
    let weights = Double(session.layers.reduce(0) { $0 + $1.count })
    return stages.filter {
      settings.canSolve(weights: Int($0 * weights), examples: sample.fittingCount)
    }
  }

  /// Runs a stage, or restores its result from the journal of a resumed run.
  private func journal(
    _ phase: Phase, to density: Double, adaptation: AdaptationOptions?
  ) throws {
    let before = record
    let name = phase == .throughout ? "" : "\(phase) "
    record =
      before
      + (try session.change(
        "stage", "\(name)to \(density), adapted by \(adaptation.map { "\($0)" } ?? "none")"
      ) {
        record = CompensationRecord()
        try takeStage(to: density, phase: phase, adaptation: adaptation)
        return record
      })
  }

  /// Held-out loss gate of the current network, its loss measured.
  func makeJudge() throws -> HeldOutLossGate<E> {
    let judge = HeldOutLossGate(
      engine: session.engine, program: try session.program, batches: sample.judging,
      objective: objective)
    try judge.measure()
    return judge
  }

  private func remember(_ density: Double, of phase: Phase) throws {
    var known = reached[phase] ?? []
    guard density < known.last?.density ?? .infinity else { return }
    known.append((density, try session.snapshot()))
    if known.count > Self.keptStages { known.removeFirst() }
    reached[phase] = known
  }

  /// Most networks remembered per phase for later prunings; bounds the memory, chosen by hand.
  private static var keptStages: Int { 8 }
}

/// Record of compensated prunings for reports: corrections tried and kept, and their cost.
public struct CompensationRecord: Hashable, Sendable, Codable {
  /// Stages of density, each selected and compensated before the next.
  public var stages = 0
  /// Stages whose kept mask is that of the pruning criterion, not of ``RecoverableCriterion``.
  public var rankedStages = 0
  /// Pruning criterion that selected the masks of the last stage.
  public var selectedBy: SelectionSource?
  /// Least-squares corrections tried, one per layer or part of a wide layer.
  public var triedCorrections = 0
  /// Least-squares corrections kept: those that lowered the held-out loss.
  public var keptCorrections = 0
  /// Fisher updates and Newton steps tried.
  public var triedFisherUpdates = 0
  /// Fisher updates and Newton steps kept: those that lowered the held-out loss.
  public var keptFisherUpdates = 0
  /// Evaluations of the held-out loss.
  public var evaluations = 0
  /// Gradients that selections took, each over a sample of the training part.
  public var gradientEvaluations = 0
  /// Wall seconds of adapting the predictor's θ.
  public var adaptationSeconds = 0.0
  /// Compute seconds of adapting the predictor's θ, by the estimate of ``AdaptationOptions/computeBudgetSeconds``.
  public var adaptationComputeSeconds = 0.0
  /// Adaptations of the predictor that the clock ended.
  public var adaptationsCutShort = 0
  /// Optimizer steps on the kept weights.
  public var gradientSteps = 0
  /// Wall seconds of the prunings, selection and corrections included.
  public var wallSeconds = 0.0

  /// An empty record.
  package init() {}

  package static func + (left: CompensationRecord, right: CompensationRecord) -> CompensationRecord
  {
    var sum = left
    sum.stages += right.stages
    sum.rankedStages += right.rankedStages
    sum.selectedBy = right.selectedBy ?? left.selectedBy
    sum.triedCorrections += right.triedCorrections
    sum.keptCorrections += right.keptCorrections
    sum.triedFisherUpdates += right.triedFisherUpdates
    sum.keptFisherUpdates += right.keptFisherUpdates
    sum.evaluations += right.evaluations
    sum.gradientEvaluations += right.gradientEvaluations
    sum.adaptationSeconds += right.adaptationSeconds
    sum.adaptationComputeSeconds += right.adaptationComputeSeconds
    sum.adaptationsCutShort += right.adaptationsCutShort
    sum.gradientSteps += right.gradientSteps
    sum.wallSeconds += right.wallSeconds
    return sum
  }
}
