import PruneCompensation
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSession
import PruneSupport
import PruneTraining

/// State of one run: the current network, the accepted candidates, and the compute spent.
///
/// Every budget has a type of its own in `Budgets/` that decides what to try next; they all work on this state.
final class PruningRun<E: Engine> {
  let session: PruningSession<E>
  let split: DataSplit
  /// Training part for gradients: with pseudo-labels where the metric is fidelity.
  let examples: ExampleSet
  let options: PruningOptions
  let policy = SearchPolicy.standard
  let progress: (PruningProgress) -> Void
  /// Evaluation of the dense network on the validation part.
  let dense: Evaluation
  /// Bound of the drop at the confidence asked for.
  let bound: PairedBound
  let evaluator: Evaluator<E>
  let tuner: FineTuner<E>
  /// Chooses the selector of each kind of pruning.
  let choice: SelectorChoice<E>
  /// Quantity that the run's densities are shares of.
  let size: SizeMeasure<E>

  var rounds: [PruningRound] = []
  private(set) var accepted: [Candidate] = []
  /// Source of the current masks; `nil` for the dense network.
  var selectedBy: SelectionSource?
  /// Number of evaluations of networks, on the validation or the certification part.
  var evaluations = 0
  private(set) var stoppedBy = StopReason.search
  /// Number of gradients that selections took, each over a sample of the training part.
  var gradientEvaluations = 0
  /// Compute seconds spent on adapting θ, by the estimate and not by the clock, so that a repeated run adapts as much.
  var adaptationComputeSeconds = 0.0
  /// Wall seconds spent on adapting θ.
  var adaptationSeconds = 0.0
  /// Compensated pruning, made at its first use: it holds the dense network and the stages reached.
  var compensation: CompensatedPruning<E>?
  /// Record of all compensated prunings; `nil` where there was none.
  var compensationRecord: CompensationRecord?
  let denseSnapshot: NetworkSnapshot
  private let denseValidationOutputs: [HostTensor]?
  private let start = ContinuousClock.now

  /// Candidate: a network that kept the budget on the validation part.
  struct Candidate {
    let snapshot: NetworkSnapshot
    /// Evaluation on the validation part.
    let evaluation: Evaluation
    /// Upper confidence bound of the drop, in points.
    let dropUpperBoundPoints: Double
    let selectedBy: SelectionSource?
    /// Density in the run's ``SizeMeasure``; candidates are ordered by it.
    let density: Double

    /// Share of the prunable weights that is pruned.
    var sparsity: Double { snapshot.masks.sparsity }
  }

  init(
    graph: Graph, split: DataSplit, engine: E, criterion: PruningCriterion,
    options: PruningOptions, checkpoint: RunCheckpoint? = nil,
    progress: @escaping (PruningProgress) -> Void
  ) throws {
    self.split = split
    self.options = options
    self.progress = progress
    let objectives = options.countedObjectives
    let isStructural = options.granularity.isStructural
    let journal = try checkpoint.map {
      try RunJournal(
        $0,
        identity: RunIdentity(
          graph: graph, split: split, engine: engine.identity, criterion: criterion,
          options: options
        ).parts.merging($0.context) { $1 })
    }
    session = try PruningSession(graph, engine: engine, journal: journal)
    bound = try PairedBound(confidence: options.confidence)
    evaluator = Evaluator(metric: options.metric)
    denseValidationOutputs =
      options.metric == .fidelity
      ? try evaluator.references(
        try session.program, of: graph, with: engine, on: split.validation) : nil
    dense = try evaluator.evaluate(
      try session.program, of: graph, with: engine, on: split.validation,
      against: denseValidationOutputs)
    denseSnapshot = try session.snapshot()
    let pseudoLabels = PseudoLabels(graph: graph, engine: engine, program: try session.program)
    let needsPseudoLabels = options.metric == .fidelity
    examples =
      needsPseudoLabels
      ? try pseudoLabels.labelled(split.training, noiseSeed: options.seed) : split.training
    let tuned = options.budget.isAboutMetric ? split.training : split.trainingWithoutCertificate
    tuner = try FineTuner(
      session: session, fit: needsPseudoLabels ? try pseudoLabels.labelled(tuned) : tuned,
      options: options,
      longestTuning: options.budget.isAboutMetric ? policy.firstPruningShareOfEpochs : 1)
    choice = try SelectorChoice(
      criterion, session: session, fit: examples, objective: tuner.labelObjective,
      options: options)
    guard objectives.count == 1 || isStructural else {
      throw BudgetError.objectiveNeedsUnits(objectives)
    }
    if let structured = choice.structured {
      size = .units(structured)
    } else {
      let costs = try WeightCosts(
        options.objective, of: graph, layers: session.layers,
        shapes: try session.exampleShapes(from: split.training))
      size = options.objective == .parameters ? .weights(costs) : .weightCosts(costs)
      if case .weightCosts = size { session.weightCosts = costs.perWeight }
    }
    progress(
      .started(
        dense: dense, weights: session.layers.reduce(0) { $0 + $1.count },
        layers: session.layers.count))
    if let journal, journal.isReplaying { progress(.resumed(steps: journal.count)) }
    try reportWeights(round: 0)
  }

  /// Wall seconds of the run, interruptions left out.
  var wallSeconds: Double {
    session.journal?.seconds ?? (ContinuousClock.now - start).seconds
  }

  /// Density of the current network, 0 … 1, in the run's ``SizeMeasure``.
  var density: Double { size.density(of: session.masks) }

  /// `density`, or the smallest that keeps a weight in every layer where that is more.
  func attainable(_ density: Double) -> Double {
    size.attainable(density, layers: session.layers)
  }

  /// `true` where whole units are cut out.
  var isStructural: Bool { choice.structured != nil }

  /// `true` where the time limit is reached or the task was cancelled; a resumed run repeats the answers in its journal.
  var isOutOfTime: Bool {
    let isOver =
      if let journal = session.journal, !session.isWithinStep {
        journal.isOutOfTime { isTimeSpent }
      } else {
        isTimeSpent
      }
    if isOver { stoppedBy = Task.isCancelled ? .interrupted : .timeLimit }
    return isOver
  }
  private var isTimeSpent: Bool {
    Task.isCancelled || options.timeLimitSeconds.map { wallSeconds >= $0 } ?? false
  }

  // MARK: Evaluation

  /// Graph of the current network, without the units that were cut out.
  func currentGraph() throws -> Graph {
    let graph = try session.currentGraph()
    return try choice.structured?.smallGraph(of: graph, masks: session.masks) ?? graph
  }

  /// Evaluates the current network on the validation part.
  func evaluate() throws -> Evaluation {
    evaluations += 1
    return try session.measure("evaluate", "on validation") {
      try evaluator.evaluate(
        try session.program, of: session.graph, with: session.engine, on: split.validation,
        against: denseValidationOutputs)
    }
  }

  /// Upper confidence bound of an evaluation's drop, in points.
  ///
  /// - Parameter errorProbability: α; 1 − confidence where `nil`.
  func dropUpperBoundPoints(
    of evaluation: Evaluation, errorProbability: Double? = nil
  ) throws -> Double {
    try bound.certificate(
      dense: dense, pruned: evaluation, maxDropPoints: 0, errorProbability: errorProbability
    ).dropUpperBoundPoints
  }

  // MARK: Candidates

  /// Accepts the current network as a candidate; beyond ``SearchPolicy/keptCandidates`` the second densest of all but the last is
  /// dropped.
  func accept(_ evaluation: Evaluation, dropUpperBoundPoints: Double) throws {
    accepted.append(
      Candidate(
        snapshot: try session.snapshot(), evaluation: evaluation,
        dropUpperBoundPoints: dropUpperBoundPoints, selectedBy: selectedBy, density: density))
    guard accepted.count > policy.keptCandidates else { return }
    // The densest is kept, since certification begins with it, and the last, since the search goes on from it.
    let rising = accepted.indices.dropLast().sorted { accepted[$0].density > accepted[$1].density }
    accepted.remove(at: rising[1])
  }

  /// Drops all candidates but the densest, the one with the lowest bound and the last accepted: each one between would be
  /// one more test that can fail on the certification part.
  func keepExtremeCandidates() {
    let densest = accepted.indices.min { accepted[$0].density > accepted[$1].density }
    let safest = accepted.indices.min {
      accepted[$0].dropUpperBoundPoints < accepted[$1].dropUpperBoundPoints
    }
    let kept = Set([densest, safest, accepted.indices.last].compactMap { $0 })
    accepted = kept.sorted().map { accepted[$0] }
  }

  /// Rolls back to the last accepted network, or to the dense one where there is none.
  func rollBack() throws {
    try session.restore(accepted.last?.snapshot ?? denseSnapshot)
    selectedBy = accepted.last?.selectedBy
  }

  func restoreDense() throws {
    try session.restore(denseSnapshot)
    selectedBy = nil
  }
}
