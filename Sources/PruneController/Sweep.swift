public import PruneCompensation
public import PruneCore
public import PruneData
public import PruneSelection
import PruneSession
import PruneSupport
import PruneSurgery
import PruneTraining

/// One operating point of a ``Sweep``.
public struct SweepPoint: Hashable, Sendable, Codable {
  /// Sparsity reached, a fraction; whole units may keep it from being exactly the one asked for.
  public let sparsity: Double
  /// Metric on the test part, a fraction.
  public let metric: Double
  /// Number of kept prunable weights.
  public let nonzero: Int
  /// Multiply–accumulates with a kept weight, per example.
  public let sparseMACs: Int
  /// Wall seconds of the pruning and the evaluation.
  public let seconds: Double
  /// Record of the compensation; `nil` without compensation.
  public let compensation: CompensationRecord?
  /// Outcome of adapting θ; `nil` where it was not adapted, and with compensation, whose record counts it.
  public let adaptation: AdaptationOutcome?

  /// `true` where the clock ended the adaptation of θ, so that a repeated run may prune other weights.
  public var isAdaptationCutShort: Bool {
    adaptation?.isCutShort ?? ((compensation?.adaptationsCutShort ?? 0) > 0)
  }
}

/// Result of a ``Sweep``.
public struct SweepResult: Hashable, Sendable, Codable {
  /// Metric of ``dense`` and of the points.
  public let metric: Metric
  /// Name of the pruning criterion, a predictor or a hand-made one.
  public let predictor: String
  /// Seed of everything random in the sweep.
  public let seed: UInt64
  /// Metric of the dense network on the test part, a fraction.
  public let dense: Double
  /// Operating points in the order of the sparsities asked for.
  public let points: [SweepPoint]

  enum CodingKeys: String, CodingKey {
    case metric = "metricName"
    case predictor, seed, dense, points
  }
}

/// Prunes the dense network to each sparsity and reports the test metric, on which no decision is taken. Kept weights change
/// only where ``PruningOptions/compensation`` asks for it.
public struct Sweep<E: Engine> {
  private let engine: E
  private let criterion: PruningCriterion
  private let options: PruningOptions

  /// - Parameters:
  ///   - engine: runs and differentiates the network.
  ///   - criterion: pruning criterion, the score of weights or units.
  ///   - options: options of the pruning; budget, confidence and fine-tuning are ignored.
  public init(engine: E, criterion: PruningCriterion, options: PruningOptions) {
    self.engine = engine
    self.criterion = criterion
    self.options = options
  }

  /// Prunes the dense network to each sparsity in turn and evaluates it on the test part.
  ///
  /// - Parameters:
  ///   - graph: trained network; never changed.
  ///   - split: data, of which only the training part is used.
  ///   - test: test part.
  ///   - sparsities: sparsities to reach, each from the dense network.
  ///   - onPoint: called with each operating point.
  public func run(
    _ graph: Graph, split: DataSplit, test: ExampleSet, sparsities: [Sparsity],
    onPoint: (SweepPoint) -> Void = { _ in }
  ) throws -> SweepResult {
    try run(graph, fit: split.training, test: test, sparsities: sparsities, onPoint: onPoint)
  }

  /// Prunes the dense network to each sparsity in turn and evaluates it on the test part.
  ///
  /// - Parameters:
  ///   - examples: examples for statistics and the predictor's gradients.
  ///   - selection: constants of an iterative selection.
  package func run(
    _ graph: Graph, fit examples: ExampleSet, test: ExampleSet, sparsities: [Sparsity],
    selection: IterativeSettings = IterativeSettings(),
    onPoint: (SweepPoint) -> Void = { _ in }
  ) throws -> SweepResult {
    let session = try PruningSession(graph, engine: engine)
    let evaluator = Evaluator<E>(metric: options.metric)
    let reference =
      options.metric == .fidelity
      ? try evaluator.references(try session.program, of: graph, with: engine, on: test) : nil
    let dense = try evaluator.evaluate(
      try session.program, of: graph, with: engine, on: test, against: reference)
    let start = try session.snapshot()
    let examples =
      options.metric == .fidelity
      ? try PseudoLabels(graph: graph, engine: engine, program: try session.program)
        .labelled(examples, noiseSeed: options.seed) : examples
    let objective = try FineTuner(session: session, fit: examples, options: options).labelObjective
    let choice = try SelectorChoice(
      criterion, session: session, fit: examples, objective: objective, options: options)
    let selector = try choice.finalSelector(selection, adapting: options.adaptation)
    let cost = CostModel(graph: graph, shapes: try session.exampleShapes(from: test))
    var points: [SweepPoint] = []
    for sparsity in sparsities {
      let began = ContinuousClock.now
      try session.restore(start)
      var record: CompensationRecord?
      var adaptation: AdaptationOutcome?
      if options.compensation != .none {
        record = try CompensatedPruning(choice).prune(
          from: 1, to: sparsity.density, adaptation: options.adaptation)
      } else {
        let selected = try selector.select(keeping: sparsity.density)
        adaptation = selected.adaptation
        try session.apply(selected.masks)
        if session.hasNormalization {
          try session.reestimateNormalization(on: examples, options: options)
        }
      }
      let evaluation = try evaluator.evaluate(
        try session.program, of: graph, with: engine, on: test, against: reference)
      let point = SweepPoint(
        sparsity: session.masks.sparsity, metric: evaluation.value,
        nonzero: session.masks.keptCount,
        sparseMACs: cost.cost(masks: session.masks, fileBytes: 0).sparseMACs,
        seconds: (ContinuousClock.now - began).seconds, compensation: record,
        adaptation: adaptation)
      points.append(point)
      onPoint(point)
    }
    return SweepResult(
      metric: options.metric, predictor: criterion.name, seed: options.seed, dense: dense.value,
      points: points)
  }
}
