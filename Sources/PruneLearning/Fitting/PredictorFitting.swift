import PruneController
public import PruneCore
import PruneFeatures
public import PrunePredictor
public import PruneSelection

/// Fits a predictor end to end to archived networks: θ minimises their loss after pruning by θᵀf itself.
///
/// In every round the networks are pruned by the current θ up to a random pass of an iterative selection; then θ is fitted
/// to these states, with a lower temperature each round. So θ is fitted to the states that it leads to.
///
/// - Source: fitting on states visited by the policy itself as in Ross et al., *A Reduction of Imitation Learning and
///   Structured Prediction to No-Regret Online Learning*, 2011, [arXiv:1011.0686](https://arxiv.org/abs/1011.0686).
public struct PredictorFitting: Sendable {
  /// Features that θ multiplies; names of ``FeatureRegistry``.
  public var featureNames: [String]
  /// Features among `featureNames` that all others are multiplied with.
  public var contextNames: [String]
  /// Densities that θ is fitted at, each in 0 … 1.
  public var densities: [Double]
  /// Temperatures of the rounds, in standard deviations of the scores.
  public var temperatures: [Double]
  /// Number of states (network × density × pass) drawn anew for every round.
  public var statesPerRound: Int
  /// Largest number of BFGS iterations per round.
  public var iterationsPerRound: Int
  /// Weight of `½ ‖θ − θ₀‖²`, θ₀ ``LogisticPredictor/prior``, beside the mean loss over at least ``ridgeNetworks`` networks;
  /// with fewer networks it grows in inverse proportion, as a prior's weight does against fewer observations.
  public var ridge: Double
  /// Number of networks from which on the weight of the prior is ``ridge`` itself. Chosen by hand.
  public var ridgeNetworks = 50
  /// Number of groups (architecture × data set) from which on the fitted θ is used unchanged. A θ fitted to fewer groups
  /// generalises less, so it is shrunk towards ``LogisticPredictor/prior``: with a fifth of the groups, to a fifth of the way.
  /// Chosen by hand.
  ///
  /// - Source: estimates pulled to a common point as in James & Stein, *Estimation with Quadratic Loss*, 1961.
  public var trustedGroups = 25
  /// Number of selections per network, before the rounds, in which θ takes a step at every pass. Fewer networks give fewer
  /// steps, so that θ remains nearer to the prior.
  public var descentEpochs = 0
  /// Number of examples that a state's loss is measured on.
  public var examplesPerState: Int
  /// Settings of the selections that lead to the states.
  public var selection: IterativeSettings
  /// Kind of predictor that ``model(of:engine:progress:)`` fits.
  public var kind: PredictorKind
  /// Settings of the kinds with a tree.
  public var tree = EndToEndTreeFit()
  /// Number of times that a tree of constants is grown, each from the one before.
  public var treeRounds: Int
  /// Seed of the states drawn and of the trees.
  public var seed: UInt64

  /// Four rounds of falling temperature over 64 states each, unless set otherwise; all numbers chosen by hand. For blocks,
  /// kernels and patterns θ is fitted by descent alone, since rounds select single weights.
  ///
  /// - Parameters:
  ///   - featureNames: features that θ multiplies.
  ///   - contextNames: features among them that all others are multiplied with.
  ///   - densities: densities to fit at; those usual for the granularity where `nil`.
  ///   - kind: kind of predictor; trees are fitted for single weights alone.
  ///   - granularity: granularity of the selections; none that cuts whole units out.
  ///   - seed: seed of the states drawn and of the trees.
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

  /// Granularity of the selections.
  public var granularity: Granularity { selection.granularity }

  /// Densities usual for a granularity, chosen by hand: a pattern fixes its own; blocks and kernels can be pruned less far
  /// than single weights.
  static func densities(of granularity: Granularity) -> [Double] {
    switch granularity {
    case .element: [0.2, 0.1, 0.05, 0.02]
    case .nm(let pattern): [Double(pattern.kept) / Double(pattern.of)]
    default: [0.5, 0.35, 0.2, 0.1]
    }
  }

  /// Default features; names of ``FeatureRegistry``.
  public static let standardFeatures = [
    "log-lamp", "log-magnitude", "log-wanda", "log-row-norm", "log-column-norm",
    "log-outgoing-norm", "log-incoming-norm", "row-rank", "is-on", "signed-saliency",
    "signed-saliency-layer", "saliency-memory", "row-left", "column-left", "outgoing-left",
    "incoming-left", "is-last", "log-parameter-share",
  ]
  /// Default features that all others are multiplied with.
  public static let standardContext = ["is-last", "log-parameter-share"]

  /// Fits a logistic predictor, one θ for all weights.
  ///
  /// - Parameters:
  ///   - networks: archived networks to fit to.
  ///   - engine: runs and differentiates them.
  ///   - progress: called after every round.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (EndToEndFit.Stage) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    var states = try states(of: networks, engine: engine)
    return try logistic(&states, of: networks, engine: engine, progress: progress)
  }

  /// Fits a predictor of ``kind``. Those with a tree start from the fitted θ.
  ///
  /// - Parameters:
  ///   - networks: archived networks to fit to.
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

  /// Basis of the features, standardised on `tables`. Features of the state are constant before the first pass, so their
  /// scales are given, not measured.
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

  /// Scale of state features in nats, chosen by hand.
  private static var natsScale: Double { 2 }
}

extension PredictorFitting {
  /// This fit in one short round on few states: for demonstrations, too short for a good predictor.
  public var quick: PredictorFitting {
    var copy = self
    copy.densities = [0.2]
    copy.temperatures = [0.1]
    copy.statesPerRound = 8
    copy.iterationsPerRound = 2
    copy.examplesPerState = 100
    copy.treeRounds = 1
    copy.selection.descendingPasses = 2
    copy.selection.targetPasses = 2
    copy.selection.examplesPerPass = 100
    copy.selection.validationExamples = 100
    return copy
  }
}
