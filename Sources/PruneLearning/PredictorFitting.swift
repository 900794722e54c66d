import PruneController
public import PruneCore
import PruneFeatures
public import PrunePredictor
public import PruneSelection

/// Fits a predictor end to end to archived networks: θ minimises their loss after pruning by θᵀf itself.
///
/// In every round the networks are pruned by the current θ up to a random pass of a selection in passes; then θ is fitted
/// to these states, with a lower temperature each time. So θ learns on the states that it leads to.
///
/// - Source: fitting on states visited by the policy itself as in Ross et al., *A Reduction of Imitation Learning and
///   Structured Prediction to No-Regret Online Learning*, 2011, [arXiv:1011.0686](https://arxiv.org/abs/1011.0686).
public struct PredictorFitting: Sendable {
  /// Columns that θ multiplies; names of ``FeatureRegistry``.
  public var featureNames: [String]
  /// Those of `featureNames` that products are formed with.
  public var contextNames: [String]
  /// Shares of connections kept that θ is fitted at.
  public var densities: [Double]
  /// One round each, in standard deviations of the scores.
  public var temperatures: [Double]
  /// Network × density × pass, drawn anew for every round.
  public var statesPerRound: Int
  /// Of BFGS, at most.
  public var iterationsPerRound: Int
  /// Weight of `½ ‖θ − θ₀‖²`, θ₀ ``LogisticPredictor/prior``, beside the mean loss over ``ridgeNetworks`` networks or more;
  /// with fewer it is larger by as much, as a prior's weight against fewer observations is.
  public var ridge: Double
  /// Networks from which on the weight of the prior is ``ridge`` itself.
  public var ridgeNetworks = 50
  /// Groups from which on θ is taken as it was fitted. What is learned from fewer holds for these more than for others, so
  /// θ goes only so far from ``LogisticPredictor/prior``: with a fifth of them, a fifth of the way.
  ///
  /// - Source: estimates pulled to a common point as in James & Stein, *Estimation with Quadratic Loss*, 1961.
  public var trustedGroups = 25
  /// Selections of every network during which θ takes a step at every pass, before the rounds: fewer steps with fewer
  /// networks, so that θ stays nearer to the prior.
  public var descentEpochs = 0
  /// Examples that a state's loss is measured on.
  public var examplesPerState: Int
  /// Of the selections that lead to the states.
  public var selection: IterativeSettings
  /// What ``model(of:engine:progress:)`` makes.
  public var kind: PredictorKind
  /// Of the kinds with a tree.
  public var tree = EndToEndTreeFit()
  /// Times that a tree of constants is grown, each from the one before.
  public var treeRounds: Int
  /// Of the states drawn and of the trees.
  public var seed: UInt64

  /// Four rounds of falling temperature over 64 states each, unless set otherwise. To blocks, kernels and patterns of
  /// connections θ is fitted by descent alone, since rounds select single connections.
  ///
  /// - Parameters:
  ///   - featureNames: columns that θ multiplies.
  ///   - contextNames: those of them that products are formed with.
  ///   - densities: shares of connections kept; those usual for the granularity unless given.
  ///   - kind: what is made; trees are fitted to single connections alone.
  ///   - granularity: of the selections; none that cuts whole units out.
  ///   - seed: of the states drawn and of the trees.
  public init(
    featureNames: [String] = PredictorFitting.standardFeatures,
    contextNames: [String] = PredictorFitting.standardContext,
    densities: [Double]? = nil, kind: PredictorKind = .logistic,
    granularity: Granularity = .element, seed: UInt64 = 0
  ) {
    self.featureNames = featureNames
    self.contextNames = contextNames
    self.densities = densities ?? Self.densities(of: granularity)
    self.kind = kind
    self.seed = seed
    treeRounds = 2
    temperatures = [0.2, 0.12, 0.08, 0.07]
    statesPerRound = 64
    iterationsPerRound = 8
    ridge = 0.04
    examplesPerState = 300
    var selection = IterativeSettings()
    selection.examplesPerPass = 300
    selection.validationExamples = 300
    selection.granularity = granularity
    self.selection = selection
    if granularity != .element {
      temperatures = []
      descentEpochs = 2
    }
  }

  /// What is selected together.
  public var granularity: Granularity { selection.granularity }

  /// A pattern says itself how much is left; of blocks and kernels less can go than of single connections.
  static func densities(of granularity: Granularity) -> [Double] {
    switch granularity {
    case .element: [0.2, 0.1, 0.05, 0.02]
    case .nm(let pattern): [Double(pattern.kept) / Double(pattern.of)]
    default: [0.5, 0.35, 0.2, 0.1]
    }
  }

  /// What is fitted unless told otherwise; names of ``FeatureRegistry``.
  public static let standardFeatures = [
    "log-lamp", "log-magnitude", "log-wanda", "log-row-norm", "log-column-norm",
    "log-outgoing-norm", "log-incoming-norm", "row-rank", "is-on", "signed-saliency",
    "signed-saliency-layer", "saliency-memory", "row-left", "column-left", "outgoing-left",
    "incoming-left", "is-last", "log-parameter-share",
  ]
  /// Features that all others are multiplied with unless told otherwise.
  public static let standardContext = ["is-last", "log-parameter-share"]

  /// θ for all connections.
  ///
  /// - Parameters:
  ///   - networks: what is learned from.
  ///   - engine: runs and differentiates them.
  ///   - progress: called after every round.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (EndToEndFit.Stage) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    var states = try states(of: networks, engine: engine)
    return try logistic(&states, of: networks, engine: engine, progress: progress)
  }

  /// A predictor of ``kind``. Those with a tree start from the fitted θ.
  ///
  /// - Parameters:
  ///   - networks: what is learned from.
  ///   - engine: runs and differentiates them.
  ///   - progress: called after every round.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func model<E: Engine>(
    of networks: [LearnableNetwork], engine: E, progress: (EndToEndFit.Stage) -> Void = { _ in }
  ) throws -> Preset.Model {
    var states = try states(of: networks, engine: engine)
    let logistic = try logistic(&states, of: networks, engine: engine, progress: progress)
    var fit = tree
    fit.seed = seed
    switch kind {
    case .logistic: return .logistic(logistic)
    case .tree:
      var current = try fit.tree(
        from: logistic, featureNames: featureNames,
        on: try states.draw(statesPerRound, by: logistic), engine: engine, progress: progress)
      for _ in 1..<max(1, treeRounds) {
        current = try fit.tree(
          from: current, featureNames: featureNames,
          on: try states.draw(statesPerRound, by: current), engine: engine, progress: progress)
      }
      return .tree(current)
    case .logisticTree:
      return .logisticTree(
        try fit.modelTree(
          from: logistic, on: try states.draw(statesPerRound, by: logistic), engine: engine,
          progress: progress))
    }
  }

  private func states<E: Engine>(
    of networks: [LearnableNetwork], engine: E
  ) throws -> TrajectoryStates<E> {
    try TrajectoryStates(
      of: networks, featureNames: featureNames, densities: densities,
      examplesPerState: examplesPerState, selection: selection, engine: engine, seed: seed)
  }

  private func logistic<E: Engine>(
    _ states: inout TrajectoryStates<E>, of networks: [LearnableNetwork], engine: E,
    progress: (EndToEndFit.Stage) -> Void
  ) throws -> LogisticPredictor {
    let tables = states.startTables
    let basis = Self.basis(of: featureNames, contextNames, for: tables)
    let weight = ridge * max(1, Double(ridgeNetworks) / Double(max(1, tables.count)))
    let prior = LogisticPredictor.prior(in: basis)
    var current = prior
    if descentEpochs > 0 {
      let selections = descentEpochs * tables.count
      current = try TrajectoryDescent(selections: selections, ridge: weight)
        .fit(prior, on: &states)
    }
    for temperature in temperatures {
      let tasks = try states.draw(statesPerRound, by: current)
      var options = EndToEndFit()
      options.temperatures = [temperature]
      options.iterationsPerStage = iterationsPerRound
      options.ridge = weight
      current = try options.fit(
        current, towards: prior, on: tasks, engine: engine, progress: progress
      ).predictor
    }
    let groups = Set(networks.map(\.group)).count
    let share = min(1, Double(groups) / Double(max(1, trustedGroups)))
    current.parameters = zip(prior.parameters, current.parameters).map { $0 + share * ($1 - $0) }
    return current
  }

  /// Before the first pass the state's features are constant, so their scales are given, not measured.
  static func basis(
    of featureNames: [String], _ contextNames: [String], for tables: [FeatureTable]
  ) -> FeatureBasis {
    var basis = FeatureBasis.products(of: featureNames, withContext: contextNames)
      .standardized(on: tables)
    for (index, name) in featureNames.enumerated() {
      guard let descriptor = FeatureRegistry.descriptor(named: name), descriptor.family == .state
      else { continue }
      basis.centres[index] = 0
      basis.scales[index] = descriptor.unit == .nats ? natsScale : 1
    }
    return basis
  }

  private static var natsScale: Double { 2 }
}
