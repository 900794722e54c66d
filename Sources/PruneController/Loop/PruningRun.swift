import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// State of one run of the loop: the network under work, what was accepted, what was spent.
final class PruningRun<E: Engine> {
  let session: PruningSession<E>
  let split: DataSplit
  let ranking: Ranking
  let options: PruningOptions
  let progress: (PruningProgress) -> Void
  let dense: Evaluation
  let bound: PairedBound
  let evaluator: Evaluator<E>
  let tuner: FineTuner<E>

  private(set) var rounds: [PruningRound] = []
  private(set) var accepted: [AcceptedState] = []
  var evaluations = 0
  /// Gradients that selections took, each over a sample of the fit part.
  private(set) var gradientEvaluations = 0
  private let denseSnapshot: PruningSession<E>.Snapshot
  private let denseSearchOutputs: [HostTensor]?
  private let start = ContinuousClock.now

  /// A network that kept the budget on the search part.
  struct AcceptedState {
    let snapshot: PruningSession<E>.Snapshot
    let evaluation: Evaluation
    let dropUpperBoundPoints: Double
    /// Spent in all when it was accepted; 0 for a network pruned without tuning.
    let epochs: Double

    var sparsity: Double { snapshot.masks.sparsity }
  }

  init(
    graph: Graph, split: DataSplit, engine: E, ranking: Ranking, options: PruningOptions,
    progress: @escaping (PruningProgress) -> Void
  ) throws {
    self.split = split
    self.ranking = ranking
    self.options = options
    self.progress = progress
    session = try PruningSession(graph, engine: engine)
    bound = try PairedBound(confidence: options.confidence)
    evaluator = Evaluator(metric: options.metric)
    denseSearchOutputs =
      options.metric == .fidelity
      ? try evaluator.outputs(session.program, with: engine, on: split.search) : nil
    dense = try evaluator.evaluate(
      session.program, of: graph, with: engine, on: split.search, against: denseSearchOutputs)
    denseSnapshot = try session.snapshot()
    var tuningExamples = split.fit
    if case .sparsity = options.budget { tuningExamples = split.fitWithoutCertificate }
    tuner = try FineTuner(session: session, fit: tuningExamples, options: options)
    progress(
      .started(
        dense: dense, connections: session.layers.reduce(0) { $0 + $1.count },
        layers: session.layers.count))
  }

  var wallSeconds: Double { (ContinuousClock.now - start).seconds }
  var density: Double {
    session.masks.count == 0 ? 1 : 1 - session.masks.sparsity
  }
  var isOutOfTime: Bool {
    Task.isCancelled || options.timeLimitSeconds.map { wallSeconds >= $0 } ?? false
  }

  /// Points between the dense network and `value`; negative where the dense one is worse.
  func dropPoints(downTo value: Double) -> Double {
    100 * (options.metric.isHigherBetter ? dense.value - value : value - dense.value)
  }

  /// Prunes the current state to `density` by scores taken from it now.
  func prune(to density: Double) throws {
    let selector = try MaskSelector(
      ranking, session: session, fit: split.fit, objective: tuner.labelObjective, options: options)
    let selected = try selector.select(keeping: density)
    gradientEvaluations += selected.gradientEvaluations
    try session.apply(selected.masks)
    if session.hasNormalization {
      try session.reestimateNormalization(on: split.fit, options: options)
    }
  }

  /// `density`, or that of one connection per layer where it is less.
  func attainable(_ density: Double) -> Double {
    let connections = session.layers.reduce(0) { $0 + $1.count }
    return max(density, Double(session.layers.count) / Double(max(1, connections)))
  }

  /// As ``prune(to:)``, but `false`, and nothing changed, where so few connections would empty a layer.
  func pruneIfPossible(to density: Double) throws -> Bool {
    do {
      try prune(to: density)
      return true
    } catch SelectionError.tooFew {
      return false
    }
  }

  func evaluate() throws -> Evaluation {
    evaluations += 1
    return try evaluator.evaluate(
      session.program, of: session.graph, with: session.engine, on: split.search,
      against: denseSearchOutputs)
  }

  func dropUpperBoundPoints(of evaluation: Evaluation) throws -> Double {
    try bound.certificate(dense: dense, pruned: evaluation, maxDropPoints: 0).dropUpperBoundPoints
  }

  func accept(_ evaluation: Evaluation, dropUpperBoundPoints: Double) throws {
    accepted.append(
      AcceptedState(
        snapshot: try session.snapshot(), evaluation: evaluation,
        dropUpperBoundPoints: dropUpperBoundPoints, epochs: tuner.epochsSpent))
    if accepted.count > Self.keptCandidates { accepted.removeFirst() }
  }

  /// Leaves the safest and the sparsest network beside the tuned ones to come: each one between would be one more test that
  /// can fail on the certify part.
  func keepExtremeAccepted() {
    guard let sparsest = accepted.last,
      let safest = accepted.min(by: { $0.dropUpperBoundPoints < $1.dropUpperBoundPoints })
    else { return }
    accepted = safest.sparsity < sparsest.sparsity ? [safest, sparsest] : [sparsest]
  }

  /// Undoes everything since the last accepted network.
  func stepBack() throws {
    try session.restore(accepted.last?.snapshot ?? denseSnapshot)
  }

  func restoreDense() throws { try session.restore(denseSnapshot) }

  func note(
    _ decision: PruningRound.Decision, from before: Double, evaluation: Evaluation,
    upperBound: Double, epochs: Double, since: Double
  ) {
    let round = PruningRound(
      index: rounds.count, densityBefore: before, densityAfter: density, decision: decision,
      metric: evaluation.value, dropPoints: evaluation.dropPoints(from: dense),
      dropUpperBoundPoints: upperBound, epochs: epochs, wallSeconds: wallSeconds - since,
      layerDensities: session.layers.map { session.masks[$0.parameter]?.density ?? 1 })
    rounds.append(round)
    progress(.round(round))
  }

  func outcome(
    _ chosen: AcceptedState?, certificate: Certificate?, isBudgetMet: Bool
  ) throws -> PruningOutcome {
    try session.restore(chosen?.snapshot ?? denseSnapshot)
    return PruningOutcome(
      graph: chosen == nil ? session.graph : try session.currentGraph(), masks: session.masks,
      rounds: rounds, certificate: certificate, isBudgetMet: isBudgetMet, dense: dense,
      pruned: chosen?.evaluation ?? dense, layers: session.layers, evaluations: evaluations,
      gradientEvaluations: gradientEvaluations, epochs: tuner.epochsSpent, wallSeconds: wallSeconds)
  }

  /// Bounds the memory for candidate networks.
  private static var keptCandidates: Int { 6 }
}
