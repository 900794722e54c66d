public import PruneCore
public import PrunePredictor
import PruneSupport

/// Calibration of p̂ to the probability that a weight is kept by a good mask of the target density.
///
/// A good mask is one that ``StraightThroughSearch`` finds with weights frozen. Networks must be of groups that the
/// predictor was not fitted to, else it looks more reliable than it is. Numbers are chosen by hand.
public struct SurvivalCalibration: Sendable {
  /// Densities of the masks; every network is searched at each.
  public var densities = [0.2, 0.1, 0.05, 0.02]
  /// Largest number of networks searched.
  public var networkLimit = 6
  /// Number of weights drawn from every network at every density.
  public var rowsPerMask = 1_000
  /// Number of steps of the search for a mask.
  public var searchSteps = 200
  /// Seed of searches, samples and selections.
  public var seed: UInt64 = 0

  /// Six networks at four densities, unless set otherwise.
  public init() {}

  /// Two networks at one density and short searches: for demonstrations, too short for a good calibration.
  public static var quick: SurvivalCalibration {
    var result = SurvivalCalibration()
    result.densities = [0.2]
    result.networkLimit = 2
    result.searchSteps = 40
    return result
  }

  /// Scores of weights of one network, with their membership in a good mask of it.
  public struct Sample: Hashable, Sendable {
    /// Group of the network, architecture × data set.
    public var group: String
    /// Density of the mask, 0 … 1.
    public var density: Double
    /// θᵀf after the last pass of a selection by the predictor itself, `[weights drawn]`.
    public var scores: [Float]
    /// 1 for kept weights, 0 for pruned ones, `[weights drawn]`.
    public var labels: [Float]

    /// - Precondition: as many labels as scores.
    public init(group: String, density: Double, scores: [Float], labels: [Float]) {
      precondition(scores.count == labels.count, "\(labels.count) labels, \(scores.count) scores")
      self.group = group
      self.density = density
      self.scores = scores
      self.labels = labels
    }
  }

  /// A calibration with its reliability on held-out groups.
  public struct Outcome: Hashable, Sendable {
    /// Calibration fitted to all samples.
    public var calibration: ScoreCalibration
    /// Reliability on each group with the calibration fitted to the others, and with the present calibration.
    public var card: PresetCard.Calibration

    /// `true` where the calibration lowers the calibration error of p̂ on held-out groups.
    public var lowersError: Bool { card.errorAfter < card.errorBefore }
  }

  /// Searches masks and scores weights; predictors share the masks and the weights drawn.
  ///
  /// - Parameters:
  ///   - predictors: predictors to score with; their own calibration is not used.
  ///   - networks: networks of groups that no predictor was fitted to; the first ``networkLimit`` are used.
  ///   - engine: runs and differentiates them.
  ///   - progress: one line per network.
  /// - Returns: samples, `[predictors][networks × densities]`.
  /// - Throws: `EngineError`, `FeatureError`.
  public func samples<E: Engine>(
    of predictors: [any ImportancePredictor], on networks: [LearnableNetwork], engine: E,
    progress: (String) -> Void = { _ in }
  ) throws -> [[Sample]] {
    let names = Set((predictors + [LogisticPredictor.prior]).flatMap(\.featureNames)).sorted()
    var result = predictors.map { _ in [Sample]() }
    for network in networks.prefix(networkLimit) {
      for density in densities {
        let sampling = try MaskSurvivalSampling(
          network, keeping: density, featureNames: names, searchSteps: searchSteps, seed: seed,
          engine: engine)
        for (index, predictor) in predictors.enumerated() {
          var generator = SeededGenerator(seed: seed, stream: "calibration of importance")
          let rows = try sampling.rows(
            rowsPerMask, of: .last, selectedBy: predictor, using: &generator)
          let scores = predictor.scores(for: rows.table, targetDensity: rows.passDensity)
          result[index].append(
            Sample(
              group: network.group, density: density,
              scores: zip(scores, rows.positions).flatMap { layer, chosen in
                chosen.map { layer[$0] }
              }, labels: rows.labels))
        }
      }
      progress("masks of \(network.group) at \(densities.count) densities")
    }
    return result
  }

  /// Fits slope and intercept without each group in turn, measures their reliability on it, then fits them to all samples.
  ///
  /// - Parameters:
  ///   - samples: samples of one predictor on networks of two groups or more.
  ///   - current: present calibration of the predictor.
  ///   - notes: origin of the scores, for the card.
  /// - Throws: ``PredictorError`` for fewer than two groups, or scores that do not rise with membership.
  public static func outcome(
    of samples: [Sample], replacing current: ScoreCalibration = .identity, notes: String = ""
  ) throws -> Outcome {
    let groups = Set(samples.map(\.group)).sorted()
    guard groups.count >= 2 else {
      throw PredictorError.tooFewGroups(got: groups.count, needed: 2)
    }
    var after: [Float] = []
    var labels: [Float] = []
    for group in groups {
      let calibration = try fitted(to: samples.filter { $0.group != group })
      for sample in samples where sample.group == group {
        after += sample.scores.map { calibration.probability(score: $0) }
        labels += sample.labels
      }
    }
    return Outcome(
      calibration: try fitted(to: samples),
      card: PresetCard.Calibration(
        groups: groups, densities: Set(samples.map(\.density)).sorted(by: >),
        before: reliability(of: samples, by: current),
        after: ReliabilityCurve(predictions: after, labels: labels), notes: notes))
  }

  /// Reliability curve: share of weights of a given importance that the masks keep.
  public static func reliability(
    of samples: [Sample], by calibration: ScoreCalibration
  ) -> ReliabilityCurve {
    ReliabilityCurve(
      predictions: samples.flatMap { sample in
        sample.scores.map { calibration.probability(score: $0) }
      }, labels: samples.flatMap(\.labels))
  }

  private static func fitted(to samples: [Sample]) throws -> ScoreCalibration {
    try .fitted(scores: samples.flatMap(\.scores), labels: samples.flatMap(\.labels))
  }
}
