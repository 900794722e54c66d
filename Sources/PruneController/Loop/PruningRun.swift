import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// State of one run of the loop: the network under work, what was accepted, what was spent.
final class PruningRun<E: Engine> {
  let session: PruningSession<E>
  let split: DataSplit
  /// The fit part as gradients see it: with the dense network's answers where it has no targets.
  let fit: ExampleSet
  let ranking: Ranking
  let options: PruningOptions
  let progress: (PruningProgress) -> Void
  let dense: Evaluation
  let bound: PairedBound
  let evaluator: Evaluator<E>
  let tuner: FineTuner<E>
  /// `nil` where single connections or patterns of them go.
  let structure: StructuredPruning<E>?
  /// `nil` where whole units are cut out.
  let costs: ConnectionCosts?

  private(set) var rounds: [PruningRound] = []
  private(set) var accepted: [AcceptedState] = []
  var evaluations = 0
  /// Gradients that selections took, each over a sample of the fit part.
  var gradientEvaluations = 0
  /// By the estimate, not by the clock, so that a repeated run refines as much.
  var refinementNominalSeconds = 0.0
  var refinementSeconds = 0.0
  /// Whether no tuning follows a pruning, so that the predictor is refined and the weights left make up for what went.
  var prunesForGood: Bool
  var compensation: CompensatedPruning<E>?
  /// Of all compensated prunings; `nil` where there was none.
  var compensationRecord: CompensationRecord?
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
    /// As ``PruningRun/density``: what makes a network smaller than another.
    let density: Double

    var sparsity: Double { snapshot.masks.sparsity }
  }

  init(
    graph: Graph, split: DataSplit, engine: E, ranking: Ranking, options: PruningOptions,
    checkpoint: RunCheckpoint? = nil, progress: @escaping (PruningProgress) -> Void
  ) throws {
    self.split = split
    self.ranking = ranking
    var options = options
    if case .cost(let objective, _) = options.budget { options.objectives = [objective] }
    self.options = options
    self.progress = progress
    prunesForGood = options.fineTuneEpochs == 0
    let journal = try checkpoint.map {
      try RunJournal(
        $0,
        identity: RunIdentity(
          graph: graph, split: split, engine: engine.identity, ranking: ranking, options: options
        ).parts.merging($0.context) { $1 })
    }
    session = try PruningSession(graph, engine: engine, journal: journal)
    bound = try PairedBound(confidence: options.confidence)
    evaluator = Evaluator(metric: options.metric)
    denseSearchOutputs =
      options.metric == .fidelity
      ? try evaluator.references(
        try session.program, of: graph, with: engine, on: split.search) : nil
    dense = try evaluator.evaluate(
      try session.program, of: graph, with: engine, on: split.search, against: denseSearchOutputs)
    denseSnapshot = try session.snapshot()
    let teacher = SelfLabelling(graph: graph, engine: engine, program: try session.program)
    let isTaught = options.metric == .fidelity
    fit = isTaught ? try teacher.taught(split.fit, noiseSeed: options.seed) : split.fit
    let tuned = options.budget.isAboutMetric ? split.fit : split.fitWithoutCertificate
    tuner = try FineTuner(
      session: session, fit: isTaught ? try teacher.taught(tuned) : tuned, options: options,
      longestTuning: options.budget.isAboutMetric ? Self.rampShareOfEpochs : 1)
    structure =
      options.granularity.isStructural
      ? try StructuredPruning(
        ranking, session: session, fit: fit, objective: tuner.labelObjective,
        options: options) : nil
    guard options.objectives.count == 1 || options.granularity.isStructural else {
      throw ControllerError.objectiveNeedsUnits(options.objectives)
    }
    costs =
      options.granularity.isStructural
      ? nil
      : try ConnectionCosts(
        options.objective, of: graph, layers: session.layers,
        shapes: try session.exampleShapes(from: split.fit))
    if options.objective != .parameters { session.connectionCosts = costs?.perConnection }
    progress(
      .started(
        dense: dense, connections: session.layers.reduce(0) { $0 + $1.count },
        layers: session.layers.count))
    if let journal, journal.isReplaying { progress(.resumed(steps: journal.count)) }
    try reportWeights(round: 0)
  }

  /// Of the run, interruptions left out.
  var wallSeconds: Double {
    session.journal?.seconds ?? (ContinuousClock.now - start).seconds
  }
  /// Share of the prunable connections that is left, or of the cost where whole units are cut out.
  var density: Double {
    if let structure { return structure.density(of: session.masks) }
    guard session.masks.count > 0 else { return 1 }
    if options.objective != .parameters, let costs { return costs.density(of: session.masks) }
    return 1 - session.masks.sparsity
  }
  var isOutOfTime: Bool {
    guard let journal = session.journal, !session.isWithinStep else { return isTimeSpent }
    return journal.isOutOfTime { isTimeSpent }
  }
  private var isTimeSpent: Bool {
    Task.isCancelled || options.timeLimitSeconds.map { wallSeconds >= $0 } ?? false
  }

  /// Points between the dense network and `value`; negative where the dense one is worse.
  func dropPoints(downTo value: Double) -> Double {
    100 * (options.metric.isHigherBetter ? dense.value - value : value - dense.value)
  }

  /// The network as it is now, without the units that were removed.
  func currentGraph() throws -> Graph {
    let graph = try session.currentGraph()
    return try structure?.smallGraph(of: graph, masks: session.masks) ?? graph
  }

  func evaluate() throws -> Evaluation {
    evaluations += 1
    return try session.measure("evaluate", "on search") {
      try evaluator.evaluate(
        try session.program, of: session.graph, with: session.engine, on: split.search,
        against: denseSearchOutputs)
    }
  }

  /// - Parameter errorProbability: as the asked confidence leaves where `nil`.
  func dropUpperBoundPoints(
    of evaluation: Evaluation, errorProbability: Double? = nil
  ) throws -> Double {
    try bound.certificate(
      dense: dense, pruned: evaluation, maxDropPoints: 0, errorProbability: errorProbability
    ).dropUpperBoundPoints
  }

  func accept(_ evaluation: Evaluation, dropUpperBoundPoints: Double) throws {
    accepted.append(
      AcceptedState(
        snapshot: try session.snapshot(), evaluation: evaluation,
        dropUpperBoundPoints: dropUpperBoundPoints, epochs: tuner.epochsSpent,
        density: density))
    guard accepted.count > Self.keptCandidates else { return }
    // The densest one stays, since certification begins with it, and the last, since the search goes on from it.
    let rising = accepted.indices.dropLast().sorted { accepted[$0].density > accepted[$1].density }
    accepted.remove(at: rising[1])
  }

  /// Leaves the densest, the safest and the sparsest network beside the tuned ones to come: each one between would be one
  /// more test that can fail on the certify part.
  func keepExtremeAccepted() {
    let densest = accepted.indices.min { accepted[$0].density > accepted[$1].density }
    let safest = accepted.indices.min {
      accepted[$0].dropUpperBoundPoints < accepted[$1].dropUpperBoundPoints
    }
    let kept = Set([densest, safest, accepted.indices.last].compactMap { $0 })
    accepted = kept.sorted().map { accepted[$0] }
  }

  /// Undoes everything since the last accepted network.
  func stepBack() throws {
    try session.restore(accepted.last?.snapshot ?? denseSnapshot)
  }

  func restoreDense() throws { try session.restore(denseSnapshot) }

  func note(
    _ decision: PruningRound.Decision, from before: Double, evaluation: Evaluation,
    upperBound: Double, epochs: Double, since: Double
  ) throws {
    let round = PruningRound(
      index: rounds.count, densityBefore: before, densityAfter: density, decision: decision,
      metric: evaluation.value, dropPoints: evaluation.dropPoints(from: dense),
      dropUpperBoundPoints: upperBound, epochs: epochs, wallSeconds: wallSeconds - since,
      layerDensities: session.layers.map { session.masks[$0.parameter]?.density ?? 1 })
    rounds.append(round)
    progress(.round(round))
    try reportWeights(round: round.index + 1)
  }

  func outcome(
    _ chosen: AcceptedState?, certificate: Certificate?, isBudgetMet: Bool
  ) throws -> PruningOutcome {
    try session.restore(chosen?.snapshot ?? denseSnapshot)
    // A record that ends here is never gone on with, even where the clock would now allow more.
    _ = try session.measure("end") { isBudgetMet }
    return PruningOutcome(
      graph: chosen == nil ? session.graph : try currentGraph(), masks: session.masks,
      rounds: rounds, certificate: certificate, isBudgetMet: isBudgetMet, dense: dense,
      pruned: chosen?.evaluation ?? dense, layers: session.layers, evaluations: evaluations,
      gradientEvaluations: gradientEvaluations, epochs: tuner.epochsSpent,
      compensation: compensationRecord, wallSeconds: wallSeconds)
  }

  /// Bounds the memory for candidate networks.
  private static var keptCandidates: Int { 6 }
}
