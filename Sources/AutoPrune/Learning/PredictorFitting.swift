public import PruneCore
public import PruneFeatures
public import PrunePredictor

/// Fits a logistic predictor end to end to archived networks: θ minimises their loss after pruning by θᵀf itself.
public struct PredictorFitting: Sendable {
  public var featureNames: [String]
  /// Those of `featureNames` that products are formed with.
  public var contextNames: [String]
  /// Shares of connections kept that θ is fitted at.
  public var densities: [Double]
  public var options: EndToEndFit

  public init(
    featureNames: [String] = PredictorFitting.standardFeatures,
    contextNames: [String] = PredictorFitting.standardContext,
    densities: [Double] = [0.4, 0.2, 0.1, 0.05, 0.02], options: EndToEndFit = EndToEndFit()
  ) {
    self.featureNames = featureNames
    self.contextNames = contextNames
    self.densities = densities
    self.options = options
  }

  public static let standardFeatures = [
    "log-magnitude", "log-lamp", "layer-rank", "row-rank", "log-row-norm", "log-column-norm",
    "log-outgoing-norm", "log-incoming-norm", "log-gradient-square", "log-absolute-taylor",
    "log-fisher", "log-wanda", "log-obs-diagonal", "log-output-norm", "log-activation",
    "log-fan-in", "depth", "is-last", "log-parameter-share", "log-layer-magnitude",
  ]
  public static let standardContext = ["log-fan-in", "depth", "log-parameter-share"]

  /// - Parameter progress: called after every stage of the fit.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (EndToEndFit.Stage) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    let tasks = try networks.map { try task(for: $0, engine: engine) }
    let basis = FeatureBasis.products(of: featureNames, withContext: contextNames)
      .standardized(on: tasks.map(\.table))
    let start = Self.start(basis)
    return try options.fit(start, on: tasks, engine: engine, progress: progress).predictor
  }

  /// Metric of each network pruned to each density by `predictor`, on the examples kept for scores.
  public func accuracies<E: Engine>(
    of ranking: (FeatureTable, NetworkState, Double) throws -> MaskSet,
    on network: LearnableNetwork, densities: [Double], engine: E
  ) throws -> [Double] {
    let task = try task(for: network, engine: engine)
    return try densities.map { density in
      let masks = try ranking(task.table, task.state, density)
      try engine.setMasks(masks.byParameter, of: task.program)
      let accuracy = try Self.accuracy(of: task.program, on: network.held, engine: engine)
      try engine.setMasks([:], of: task.program)
      try restore(task.state, program: task.program, engine: engine)
      return accuracy
    }
  }

  func task<E: Engine>(
    for network: LearnableNetwork, engine: E
  ) throws -> PruningTask<E.Program> {
    let program = try engine.prepare(network.graph)
    let layers = network.graph.prunableLayers()
    let extraction = try FeatureExtraction(names: featureNames)
    var statistics = [LayerStatistics](repeating: LayerStatistics(), count: layers.count)
    let objective = Objective.crossEntropy(labelSmoothing: 0)
    let kinds = extraction.requiredStatistics.union([.gradient, .gradientMoments, .inputs, .outputs])
    for batch in network.fit {
      try engine.accumulate(
        kinds, for: layers, of: program, on: batch, objective: objective, into: &statistics)
    }
    let state = NetworkState(graph: network.graph, layers: layers, statistics: statistics)
    return try PruningTask(
      name: network.name, family: network.family, program: program, state: state,
      table: extraction.table(of: state), batches: network.fit, objective: objective,
      densities: densities, engine: engine)
  }

  /// θ₀ ranks by LAMP, the best single criterion on average.
  private static func start(_ basis: FeatureBasis) -> LogisticPredictor {
    let lamp = basis.featureNames.firstIndex(of: "log-lamp")
    let coefficients = basis.terms.map { term in
      term.factors == [lamp ?? 0] && term.sparsityPower == 0 ? 1.0 : 0.0
    }
    return LogisticPredictor(basis: basis, coefficients: coefficients)
  }

  private func restore<E: Engine>(_ state: NetworkState, program: E.Program, engine: E) throws {
    try engine.setParameters(
      Dictionary(
        uniqueKeysWithValues: zip(state.layers, state.weights).map {
          ($0.parameter, HostTensor($1, shape: $0.shape))
        }), of: program)
  }

  private static func accuracy<E: Engine>(
    of program: E.Program, on batches: [Batch], engine: E
  ) throws -> Double {
    var correct = 0
    var count = 0
    for batch in batches {
      guard case .labels(let labels) = batch.targets,
        let output = try engine.run(program, on: batch.inputs).first, let scores = output.floats
      else { continue }
      let classes = scores.count / max(1, labels.count)
      for (row, label) in labels.enumerated() {
        let range = row * classes..<(row + 1) * classes
        let best = range.max { scores[$0] < scores[$1] } ?? range.lowerBound
        if best - range.lowerBound == label { correct += 1 }
      }
      count += labels.count
    }
    return Double(correct) / Double(max(1, count))
  }
}
