public import PruneCore
import PruneFeatures
public import PrunePredictor
import PruneSupport

/// Fits a logistic predictor to mask survival: for every archived network a mask is optimised directly with weights frozen,
/// and membership in it is the label of a weight.
///
/// Features are those of a state along a selection, as in ``PredictorFitting``, so that the two fits differ in the signal
/// alone. A label says that *one* good mask keeps the weight; of weights that can replace each other one is kept by chance.
/// Default numbers are chosen by hand.
///
/// - Source: masks found by a search as targets as in Zhou et al., *Deconstructing Lottery Tickets*, 2019,
///   [arXiv:1905.01067](https://arxiv.org/abs/1905.01067), §5.
public struct MaskSurvivalFitting: Sendable {
  /// Features that θ multiplies; names of ``FeatureRegistry``.
  public var featureNames = PredictorFitting.standardFeatures
  /// Features among ``featureNames`` that all others are multiplied with.
  public var contextNames = PredictorFitting.standardContext
  /// Densities of the masks; every network gets one of them, in turn.
  public var densities = [0.2, 0.1, 0.05, 0.02]
  /// Number of weights drawn from every network.
  public var rowsPerNetwork = 1_000
  /// Number of steps of the search for a mask.
  public var searchSteps = 200
  /// Seed of samples, searches and the passes that states are taken from.
  public var seed: UInt64 = 0

  /// A fit with the features and densities of ``PredictorFitting``, unless set otherwise.
  public init() {}

  /// Searches a mask of every network and fits θ to membership, the ridge chosen by grouped cross-validation.
  ///
  /// - Parameters:
  ///   - networks: archived networks to fit to.
  ///   - engine: runs and differentiates them.
  ///   - progress: one line per network.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    guard !networks.isEmpty else { throw PredictorError.noData("archived network") }
    var generator = SeededGenerator(seed: seed, stream: "mask survival")
    var samples: [(group: String, startTable: FeatureTable, rows: MaskSurvivalRows)] = []
    for (number, network) in networks.enumerated() {
      let sampling = try MaskSurvivalSampling(
        network, keeping: densities[number % densities.count], featureNames: featureNames,
        searchSteps: searchSteps, seed: seed, engine: engine)
      let rows = try sampling.rows(
        rowsPerNetwork, of: .drawn, selectedBy: LogisticPredictor.prior, using: &generator)
      samples.append((network.group, sampling.startTable, rows))
      progress("\(number + 1) of \(networks.count): masks of \(network.group)")
    }
    let basis = PredictorFitting.basis(
      of: featureNames, contextNames, for: samples.map(\.startTable))
    var columns = basis.terms.map { _ in [Float]() }
    for sample in samples {
      let own = basis.designColumns(
        of: sample.rows.table, weights: sample.rows.positions,
        targetDensity: sample.rows.passDensity)
      for (index, column) in own.enumerated() { columns[index] += column }
    }
    var fit = LogisticFit()
    fit.ridge = .crossValidated(1e-1...1e4)
    let solution = try fit.fit(
      LabelledRows(
        columns: columns, labels: samples.flatMap(\.rows.labels),
        groups: samples.flatMap { sample in sample.rows.labels.map { _ in sample.group } }))
    return LogisticPredictor(basis: basis, coefficients: solution.coefficients)
  }
}
