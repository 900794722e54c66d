import PruneController
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSession
import PruneSupport

/// States that networks pass through while a predictor prunes them, as tasks to fit the predictor on.
struct TrajectoryStates<E: Engine> {
  /// One network, its features prepared and its reference losses measured.
  struct Subject {
    let network: LearnableNetwork
    let program: E.Program
    let state: NetworkState
    let extraction: StateExtraction
    /// Loss of the dense network.
    let denseLoss: Double
    /// Loss with every prunable weight at zero.
    let emptiedLoss: Double
    /// Pooling of the scores of weights that are selected together.
    let pooling: ScorePooling
  }

  private let subjects: [Subject]
  private let densities: [Double]
  let examplesPerState: Int
  let selection: IterativeSettings
  private let engine: E
  private var generator: SeededGenerator
  private var next = 0

  static var objective: Objective { .crossEntropy(labelSmoothing: 0) }

  init(
    of networks: [LearnableNetwork], featureNames: [String], densities: [Double],
    examplesPerState: Int, selection: IterativeSettings, engine: E, seed: UInt64
  ) throws {
    let extraction = try FeatureExtraction(names: featureNames)
    subjects = try networks.map { network in
      let session = try PruningSession(network.graph, engine: engine)
      let state = try session.state(
        extraction.requiredStatistics, on: network.fit, limit: network.fit.count, batchSize: 250,
        objective: Self.objective, seed: seed)
      let runner = MaskedRunner(
        engine: engine, program: try session.program, state: state,
        batches: [network.fit.batch(0..<network.fit.count)], objective: Self.objective)
      return Subject(
        network: network, program: try session.program, state: state,
        extraction: StateExtraction(extraction, of: state),
        denseLoss: try runner.loss(softMask: PruningState(state).softMask),
        emptiedLoss: try runner.loss(
          softMask: state.layers.map { [Float](repeating: 0, count: $0.count) }),
        pooling: try ScorePooling(selection.granularity, layers: state.layers))
    }
    self.densities = densities
    self.examplesPerState = examplesPerState
    self.selection = selection
    self.engine = engine
    generator = SeededGenerator(seed: seed, stream: "trajectory states")
  }

  /// Feature tables of the networks before the first pass, one per network.
  var startTables: [FeatureTable] {
    subjects.map { $0.extraction.table(of: PruningState($0.state)) }
  }

  /// Tasks of `count` selections by `predictor`, each up to a pass drawn at random; the networks take turns.
  mutating func draw(
    _ count: Int, by predictor: some ImportancePredictor
  ) throws -> [PruningTask<E.Program>] {
    try (0..<count).map { _ in
      let subject = nextSubject()
      return try state(of: subject, by: predictor)
    }
  }

  /// Next network; the networks take turns.
  mutating func nextSubject() -> Subject {
    defer { next += 1 }
    return subjects[next % subjects.count]
  }

  /// Selection trajectory to a density drawn at random, before its first pass.
  mutating func trajectory(
    of subject: Subject, by predictor: some ImportancePredictor
  ) -> SelectionTrajectory<E> {
    let usable = densities.filter {
      $0 * Double(subject.state.weightCount) >= Self.fewestWeights
    }
    let density = usable.isEmpty ? densities.max() ?? 0.5 : usable[draw(below: usable.count)]
    return SelectionTrajectory<E>(
      of: subject.state, to: density, by: predictor, extraction: subject.extraction,
      options: selection)
  }

  private mutating func state(
    of subject: Subject, by predictor: some ImportancePredictor
  ) throws -> PruningTask<E.Program> {
    var trajectory = trajectory(of: subject, by: predictor)
    let last = draw(below: selection.descendingPasses + selection.targetPasses)
    for _ in 0..<last {
      try trajectory.observe(runner(of: subject, on: drawBatch(subject, selection.examplesPerPass)))
      try trajectory.select()
    }
    try trajectory.observe(runner(of: subject, on: drawBatch(subject, selection.examplesPerPass)))
    return try PruningTask(
      name: subject.network.name, group: subject.network.group, program: subject.program,
      state: subject.state, table: trajectory.table(), earlier: trajectory.earlier,
      batches: [drawBatch(subject, examplesPerState)], objective: Self.objective,
      densities: [trajectory.passDensity], denseLoss: subject.denseLoss, engine: engine)
  }

  func runner(of subject: Subject, on batch: Batch) -> MaskedRunner<E> {
    MaskedRunner(
      engine: engine, program: subject.program, state: subject.state, batches: [batch],
      objective: Self.objective)
  }

  mutating func drawBatch(_ subject: Subject, _ count: Int) -> Batch {
    let examples = subject.network.fit
    let indices = (0..<examples.count).shuffled(by: &generator).prefix(count)
    return examples.batch(Array(indices))
  }

  private mutating func draw(below count: Int) -> Int {
    Int(generator.uniform() * Double(count))
  }

  /// Fewest kept weights of a state, chosen by hand: with fewer, the loss says more about chance than about θ.
  private static var fewestWeights: Double { 60 }
}
