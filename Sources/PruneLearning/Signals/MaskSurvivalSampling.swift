import PruneController
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSession
import PruneSupport

/// Connections of one state that a selection passes through, with what became of them.
struct MaskSurvivalRows {
  /// Features of all connections of the network.
  let table: FeatureTable
  /// Share of connections that the state's pass keeps.
  let passDensity: Double
  /// Drawn, per layer, positions in stored order.
  let connections: [[Int]]
  /// 1 for members of the mask, layer by layer.
  let labels: [Float]
}

/// One network with a good mask of it, found by a search with weights frozen: connections are drawn, and membership in the
/// mask is their label.
struct MaskSurvivalSampling<E: Engine> {
  /// Where a selection is looked at.
  enum Pass { case drawn, last }

  private let network: LearnableNetwork
  private let density: Double
  private let session: PruningSession<E>
  private let state: NetworkState
  private let states: StateExtraction
  private let members: MaskSet
  private static var objective: Objective { .crossEntropy(labelSmoothing: 0) }

  /// Searches from the prior's selection on.
  ///
  /// - Parameters:
  ///   - density: share of connections that the mask keeps.
  ///   - featureNames: of the tables; those of ``LogisticPredictor/prior`` and of all that selects must be among them.
  init(
    _ network: LearnableNetwork, keeping density: Double, featureNames: [String],
    searchSteps: Int, seed: UInt64, engine: E
  ) throws {
    self.network = network
    self.density = density
    let extraction = try FeatureExtraction(names: featureNames)
    session = try PruningSession(network.graph, engine: engine)
    let start = try SelectorChoice(
      .predictor(LogisticPredictor.prior, name: "prior"), session: session, fit: network.fit,
      objective: Self.objective,
      options: PruningOptions(budget: .maximumDrop(points: 0), seed: seed, batchSize: 250)
    ).finalSelector().select(keeping: density).masks
    state = try session.state(
      extraction.requiredStatistics, on: network.fit, limit: network.fit.count, batchSize: 250,
      objective: Self.objective, seed: seed)
    states = StateExtraction(extraction, of: state)
    var searching = StraightThroughSearch<E>.Options()
    searching.steps = searchSteps
    members = try StraightThroughSearch(
      of: state, session: session, fit: network.fit, objective: Self.objective, seed: seed,
      options: searching
    ).run(from: start)
  }

  /// Features before the first pass.
  var startTable: FeatureTable { states.table(of: PruningState(state)) }

  /// - Parameters:
  ///   - count: connections drawn, every one equally likely.
  ///   - predictor: selects up to the pass whose state is looked at.
  func rows(
    _ count: Int, of pass: Pass, selectedBy predictor: any ImportancePredictor,
    using generator: inout SeededGenerator
  ) throws -> MaskSurvivalRows {
    let selection = IterativeSettings()
    let last = selection.descendingPasses + selection.targetPasses
    let passes = pass == .last ? last : 1 + Int(generator.uniform() * Double(last))
    var trajectory = SelectionTrajectory<E>(
      of: state, to: density, by: predictor,
      extraction: StateExtraction(
        try FeatureExtraction(names: predictor.featureNames), of: state),
      options: selection)
    for pass in 0..<passes {
      let order = (0..<network.fit.count).shuffled(by: &generator)
        .prefix(Self.examplesPerPass)
      try trajectory.observe(
        MaskedRunner(
          engine: session.engine, program: try session.program, state: state,
          batches: [network.fit.batch(Array(order))], objective: Self.objective))
      if pass < passes - 1 { try trajectory.select() }
    }
    let connections = draw(count, using: &generator)
    return MaskSurvivalRows(
      table: states.table(of: trajectory.state), passDensity: trajectory.passDensity,
      connections: connections,
      labels: zip(state.layers, connections).flatMap { layer, chosen in
        chosen.map { members[layer.parameter]?.kept[$0] ?? true ? 1 : 0 }
      })
  }

  private func draw(_ count: Int, using generator: inout SeededGenerator) -> [[Int]] {
    let total = state.layers.reduce(0) { $0 + $1.count }
    var result = state.layers.map { _ in [Int]() }
    for _ in 0..<min(count, total) {
      var position = Int(generator.uniform() * Double(total))
      for (index, layer) in state.layers.enumerated() {
        if position < layer.count {
          result[index].append(position)
          break
        }
        position -= layer.count
      }
    }
    return result
  }

  private static var examplesPerPass: Int { 300 }
}
