import PruneController
public import PruneCore
import PruneData
import PruneFeatures
public import PrunePredictor
import PruneSelection
import PruneSurgery

/// Grouped cross-validation of a fit: scores on held-out groups of networks, beside the prior and hand-made criteria.
public struct GroupedCrossValidation: Sendable {
  /// Settings of the fit, made anew for every fold.
  public let fitting: PredictorFitting
  /// Sparsities that networks are scored at, each `0 ..< 1`.
  public let sparsities: [Double]
  /// Command-line names of the hand-made criteria to compare with.
  public let criteria: [String]
  /// Number of folds, each with one part of the groups held out.
  public let folds: Int

  /// - Parameters:
  ///   - fitting: settings of the fit.
  ///   - sparsities: sparsities to score at; those usual for the granularity of `fitting` where `nil`.
  ///   - criteria: names of hand-made criteria; all that score at the granularity of `fitting` where `nil`.
  ///   - folds: number of folds, at least 2; where there are fewer groups, each is held out alone.
  public init(
    fitting: PredictorFitting, sparsities: [Double]? = nil,
    criteria: [String]? = nil, folds: Int = 3
  ) {
    precondition(folds > 1, "\(folds) folds, expected 2 or more")
    self.fitting = fitting
    self.sparsities =
      sparsities ?? PredictorFitting.densities(of: fitting.granularity).map { 1 - $0 }
    self.criteria =
      criteria
      ?? SaliencyCriteria.ofTrainedNetworks.filter {
        fitting.granularity == .element || $0.granularity == .element
      }.map(\.name)
    self.folds = folds
  }

  /// Fits once without each part of the groups and scores the networks of that part.
  ///
  /// - Parameters:
  ///   - networks: networks of several groups.
  ///   - engine: runs and differentiates them.
  ///   - progress: one line per stage.
  ///   - fitted: called with every fitted predictor and the networks held out of its fit.
  /// - Returns: mean accuracies over a group's networks per sparsity: `predictor`, `prior` and each criterion.
  public func scores<E: Engine>(
    on networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in },
    fitted: (any ImportancePredictor, [LearnableNetwork]) -> Void = { _, _ in }
  ) throws -> [PresetCard.HeldOutScore] {
    let groups = Set(networks.map(\.group)).sorted()
    var result: [PresetCard.HeldOutScore] = []
    for fold in 0..<min(folds, groups.count) {
      let left = groups.indices.filter { $0 % folds == fold }.map { groups[$0] }
      progress("fit \(fold + 1) leaves out: \(left.joined(separator: ", "))")
      let predictor = try fitting.model(
        of: networks.filter { !left.contains($0.group) }, engine: engine
      ) { stage in
        if stage.name != "start" { progress("  \(stage)") }
      }.predictor
      for group in left {
        result += try scores(
          of: predictor, group: group, on: networks.filter { $0.group == group },
          engine: engine)
      }
      fitted(predictor, networks.filter { left.contains($0.group) })
      progress("  so far: \(Self.means(of: result))")
    }
    return result.sorted { ($0.group, $0.sparsity) < ($1.group, $1.sparsity) }
  }

  /// Mean accuracy of every method over groups and sparsities, as text.
  static func means(of scores: [PresetCard.HeldOutScore]) -> String {
    Set(scores.flatMap(\.metrics.keys)).sorted().map { method in
      let mean = scores.compactMap { $0.metrics[method] }.reduce(0, +) / Double(scores.count)
      return "\(method) \((10_000 * mean).rounded() / 100) %"
    }.joined(separator: ", ")
  }

  /// Scores of a predictor on the networks of one group, per sparsity.
  public func scores<E: Engine>(
    of predictor: any ImportancePredictor, group: String, on networks: [LearnableNetwork],
    engine: E
  ) throws -> [PresetCard.HeldOutScore] {
    try GroupScoring(
      criteria: [
        ("predictor", PruningCriterion.predictor(predictor, name: "predictor")),
        ("prior", .predictor(LogisticPredictor.prior, name: "prior")),
      ] + (try criteria.map { ($0, try PruningCriterion.criterion(named: $0)) }),
      sparsities: sparsities,
      options: PruningOptions(
        budget: .maximumDrop(points: 0), batchSize: 250, granularity: fitting.granularity)
    ).scores(group: group, on: networks, engine: engine)
  }
}

/// Scoring of the networks of one group by their accuracy right after pruning, by each of several criteria; no kept weight
/// changes.
struct GroupScoring {
  /// Pruning criteria with their names in the scores.
  let criteria: [(name: String, criterion: PruningCriterion)]
  /// Sparsities to score at, `0 ..< 1`.
  let sparsities: [Double]
  let options: PruningOptions

  /// Scores of a group, one per sparsity.
  ///
  /// - Returns: mean accuracies over the networks, for every sparsity that a network can be pruned to.
  func scores<E: Engine>(
    group: String, on networks: [LearnableNetwork], engine: E
  ) throws -> [PresetCard.HeldOutScore] {
    try sparsities.compactMap { sparsity in
      var sums: [String: Double] = [:]
      var count = 0.0
      for network in networks {
        guard let metrics = try metrics(on: network, at: try Sparsity(sparsity), engine: engine)
        else { continue }
        sums.merge(metrics, uniquingKeysWith: +)
        count += 1
      }
      guard count > 0 else { return nil }
      return PresetCard.HeldOutScore(
        group: group, sparsity: sparsity, metrics: sums.mapValues { $0 / count })
    }
  }

  /// Accuracy of one network by criterion name.
  ///
  /// - Returns: `nil` where the network cannot be pruned so far at this granularity.
  private func metrics<E: Engine>(
    on network: LearnableNetwork, at sparsity: Sparsity, engine: E
  ) throws -> [String: Double]? {
    // The fitted predictor is scored without an alternative.
    var selection = IterativeSettings()
    selection.comparesWithPrior = false
    var metrics: [String: Double] = [:]
    for (name, criterion) in criteria {
      do {
        metrics[name] = try Sweep(engine: engine, criterion: criterion, options: options).run(
          network.graph, fit: network.fit, test: network.held, sparsities: [sparsity],
          selection: selection
        ).points.first?.metric
      } catch SelectionError.tooFew {
        return nil
      }
    }
    return metrics
  }

  /// Mean metric of one method over groups and sparsities; 0 without scores.
  static func mean(_ method: String, _ scores: [PresetCard.HeldOutScore]) -> Double {
    let values = scores.compactMap { $0.metrics[method] }
    return values.reduce(0, +) / Double(max(values.count, 1))
  }
}
