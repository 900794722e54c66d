import PruneCore
import PruneData
import PruneFeatures

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
  private let denseSnapshot: PruningSession<E>.Snapshot
  private let denseSearchOutputs: [HostTensor]?
  private let start = ContinuousClock.now

  /// A network that kept the budget on the search part.
  struct AcceptedState {
    let snapshot: PruningSession<E>.Snapshot
    let evaluation: Evaluation
    let dropUpperBoundPoints: Double
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
    tuner = try FineTuner(session: session, fit: split.fit, options: options)
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

  func dropPoints(downTo value: Double) -> Double {
    max(0, 100 * (options.metric.isHigherBetter ? dense.value - value : value - dense.value))
  }

  /// Prunes the current state to `density` by scores taken from it now.
  func prune(to density: Double) throws {
    let state = try session.state(
      ranking.requiredStatistics(), on: split.fit, limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: tuner.labelObjective, seed: options.seed)
    try session.apply(try ranking.masks(keeping: density, of: state, seed: options.seed))
    if session.hasNormalization {
      try session.reestimateNormalization(on: split.fit, options: options)
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
        dropUpperBoundPoints: dropUpperBoundPoints))
    if accepted.count > Self.keptCandidates { accepted.removeFirst() }
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
      epochs: tuner.epochsSpent, wallSeconds: wallSeconds)
  }

  /// Evaluation of one accepted state on the certify part.
  func certify(_ state: AcceptedState, against outputs: [HostTensor]?) throws -> Evaluation {
    try session.restore(state.snapshot)
    evaluations += 1
    return try evaluator.evaluate(
      session.program, of: session.graph, with: session.engine, on: split.certify, against: outputs)
  }

  func denseOnCertify() throws -> (evaluation: Evaluation, outputs: [HostTensor]?) {
    try restoreDense()
    let outputs =
      options.metric == .fidelity
      ? try evaluator.outputs(session.program, with: session.engine, on: split.certify) : nil
    let evaluation = try evaluator.evaluate(
      session.program, of: session.graph, with: session.engine, on: split.certify, against: outputs)
    return (evaluation, outputs)
  }

  /// Bounds the memory for candidate networks.
  private static var keptCandidates: Int { 6 }
}
