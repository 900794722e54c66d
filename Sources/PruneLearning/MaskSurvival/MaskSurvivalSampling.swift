import PruneController
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSession
import PruneSupport

/// Weights drawn at one state along a selection, labelled by membership in a good mask.
struct MaskSurvivalRows {
  /// Features of all weights of the network.
  let table: FeatureTable
  /// Density of the state's pass, 0 … 1.
  let passDensity: Double
  /// Positions of the drawn weights per layer, in stored order.
  let positions: [[Int]]
  /// 1 for weights that the mask keeps, else 0, layer by layer, `[weights drawn]`.
  let labels: [Float]
}

/// One network with a good mask of it, found by ``StraightThroughSearch``: weights are drawn, and membership in the mask is
/// their label.
struct MaskSurvivalSampling<E: Engine> {
  /// Pass of a selection whose state the features are taken from.
  enum Pass { case drawn, last }

  private let network: LearnableNetwork
  private let density: Double
  private let session: PruningSession<E>
  private let state: NetworkState
  private let states: StateExtraction
  private let members: MaskSet
  private static var objective: Objective { .crossEntropy(labelSmoothing: 0) }

  /// Searches a mask, starting from the prior's selection.
  ///
  /// - Parameters:
  ///   - density: density of the mask, 0 … 1.
  ///   - featureNames: features of the tables; must contain those of ``LogisticPredictor/prior`` and of every predictor that
  ///     selects.
  ///   - searchSteps: number of steps of the search.
  ///   - seed: seed of samples and search.
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

  /// Feature table before the first pass.
  var startTable: FeatureTable { states.table(of: PruningState(state)) }

  /// Draws labelled weights at a state of a selection.
  ///
  /// - Parameters:
  ///   - count: number of weights drawn, every one equally likely.
  ///   - pass: pass whose state the features are taken from.
  ///   - predictor: predictor that selects up to that pass.
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
    let positions = draw(count, using: &generator)
    return MaskSurvivalRows(
      table: states.table(of: trajectory.state), passDensity: trajectory.passDensity,
      positions: positions,
      labels: zip(state.layers, positions).flatMap { layer, chosen in
        chosen.map { members[layer.parameter]?.kept[$0] ?? true ? 1 : 0 }
      })
  }

  /// Positions of `count` random weights per layer, with repetition.
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

  /// Number of examples of one pass of a selection, chosen by hand.
  private static var examplesPerPass: Int { 300 }
}
