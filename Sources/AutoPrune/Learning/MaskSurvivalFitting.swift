import PruneController
public import PruneCore
import PruneData
import PruneFeatures
public import PrunePredictor

/// Fits a logistic predictor to survival in the best masks known: for every archived network, masks are optimised directly
/// with weights frozen, and membership in them is the label of a connection.
///
/// Features are those of a state that a selection passes through, as ``PredictorFitting`` takes them, so that the two differ
/// in the signal alone. A label says that a connection is in *one* good mask; of connections that stand in for each other
/// one survives by chance.
///
/// - Source: masks found by a search as targets as in Zhou et al., *Deconstructing Lottery Tickets*, 2019,
///   [arXiv:1905.01067](https://arxiv.org/abs/1905.01067), §5.
public struct MaskSurvivalFitting: Sendable {
  /// Columns that θ multiplies; names of ``FeatureRegistry``.
  public var featureNames = PredictorFitting.standardFeatures
  /// Those of ``featureNames`` that products are formed with.
  public var contextNames = PredictorFitting.standardContext
  /// Shares of connections kept; every network gets one of them, in turn.
  public var densities = [0.2, 0.1, 0.05, 0.02]
  /// Connections drawn from every network.
  public var rowsPerNetwork = 1_000
  /// Steps of the search for a mask.
  public var searchSteps = 200
  /// Of samples, searches and the passes that states are taken from.
  public var seed: UInt64 = 0

  /// The same features and densities as ``PredictorFitting``, unless set otherwise.
  public init() {}

  /// - Parameters:
  ///   - networks: what is learned from.
  ///   - engine: runs and differentiates them.
  ///   - progress: one line per network.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    guard !networks.isEmpty else { throw PredictorError.noData("archived network") }
    let extraction = try FeatureExtraction(names: featureNames)
    var generator = SeededGenerator(seed: seed, stream: "mask survival")
    var samples: [Sample] = []
    for (number, network) in networks.enumerated() {
      samples.append(
        try sample(
          of: network, density: densities[number % densities.count], extraction: extraction,
          engine: engine, using: &generator))
      progress("\(number + 1) of \(networks.count): masks of \(network.family)")
    }
    let basis = PredictorFitting.basis(
      of: featureNames, contextNames, for: samples.map(\.startTable))
    var columns = basis.terms.map { _ in [Float]() }
    for sample in samples {
      let own = basis.designColumns(
        of: sample.table, connections: sample.connections, targetDensity: sample.density)
      for (index, column) in own.enumerated() { columns[index] += column }
    }
    var fit = LogisticFit()
    fit.ridge = .crossValidated(1e-1...1e4)
    let solution = try fit.fit(
      LabelledRows(
        columns: columns, labels: samples.flatMap(\.labels),
        families: samples.flatMap { sample in sample.labels.map { _ in sample.family } }))
    return LogisticPredictor(basis: basis, coefficients: solution.coefficients)
  }

  /// Connections of one network, with what became of them.
  private struct Sample {
    let family: String
    let startTable: FeatureTable
    let table: FeatureTable
    /// Of the pass that the table is of.
    let density: Double
    let connections: [[Int]]
    let labels: [Float]
  }

  private func sample<E: Engine>(
    of network: LearnableNetwork, density: Double, extraction: FeatureExtraction, engine: E,
    using generator: inout SeededGenerator
  ) throws -> Sample {
    let session = try PruningSession(network.graph, engine: engine)
    let objective = Objective.crossEntropy(labelSmoothing: 0)
    let options = PruningOptions(budget: .accuracyDrop(points: 0), seed: seed, batchSize: 250)
    let prior = LogisticPredictor.prior
    let start = try MaskSelector(
      .predictor(prior, name: "prior"), session: session, fit: network.fit, objective: objective,
      options: options
    ).select(keeping: density).masks
    let state = try session.state(
      extraction.requiredStatistics, on: network.fit, limit: network.fit.count, batchSize: 250,
      objective: objective, seed: seed)
    var searching = StraightThroughSearch<E>.Options()
    searching.steps = searchSteps
    let best = try StraightThroughSearch(
      of: state, session: session, fit: network.fit, objective: objective, seed: seed,
      options: searching
    ).run(from: start)

    let states = StateExtraction(extraction, of: state)
    let selection = IteratedSelectionOptions()
    let passes =
      1
      + Int(
        generator.uniform() * Double(selection.rampPasses + selection.settlingPasses))
    var trajectory = SelectionTrajectory<E>(
      of: state, to: density, by: prior,
      extraction: StateExtraction(try FeatureExtraction(names: prior.featureNames), of: state),
      options: selection)
    for pass in 0..<passes {
      let order = (0..<network.fit.count).shuffled(using: &generator).prefix(300)
      try trajectory.observe(
        MaskedRunner(
          engine: engine, program: try session.program, state: state,
          batches: [network.fit.batch(Array(order))], objective: objective))
      if pass < passes - 1 { try trajectory.select() }
    }
    let connections = draw(from: state.layers, using: &generator)
    return Sample(
      family: network.family, startTable: states.table(of: PruningState(state)),
      table: states.table(of: trajectory.state), density: trajectory.passDensity,
      connections: connections,
      labels: zip(state.layers, connections).flatMap { layer, chosen in
        chosen.map { best[layer.parameter]?.kept[$0] ?? true ? 1 : 0 }
      })
  }

  /// Positions per layer, every connection equally likely.
  private func draw(
    from layers: [PrunableLayer], using generator: inout SeededGenerator
  ) -> [[Int]] {
    let total = layers.reduce(0) { $0 + $1.count }
    var result = layers.map { _ in [Int]() }
    for _ in 0..<min(rowsPerNetwork, total) {
      var position = Int(generator.uniform() * Double(total))
      for (index, layer) in layers.enumerated() {
        if position < layer.count {
          result[index].append(position)
          break
        }
        position -= layer.count
      }
    }
    return result
  }
}
