import AutoPrune
import Foundation
import PruneCore
import PrunePredictor
import PruneSupport
import TestSupport
import Testing

@testable import PruneLearning

@Suite("Importance as the probability of belonging to a good mask")
struct SurvivalCalibrationTests {
  private let engine = ReferenceEngine()

  /// Scores whose true log-odds are `slope · score + intercept`.
  private func samples(
    groups: Int, slope: Double, intercept: Double
  ) -> [SurvivalCalibration.Sample] {
    var generator = SeededGenerator(seed: 3)
    return (0..<groups).map { group in
      let scores = (0..<4_000).map { _ in Float(generator.uniform() * 8 - 4) }
      return SurvivalCalibration.Sample(
        group: "family \(group)", density: 0.1, scores: scores,
        labels: scores.map { score in
          let share = 1 / (1 + exp(-slope * Double(score) - intercept))
          return generator.uniform() < share ? 1 : 0
        })
    }
  }

  @Test("slope and intercept that distort the scores are found, and groups left out gain")
  func findsDistortion() throws {
    let outcome = try SurvivalCalibration.outcome(
      of: samples(groups: 3, slope: 0.4, intercept: -2), notes: "synthetic")
    #expect(abs(outcome.calibration.slope - 0.4) < 0.05)
    #expect(abs(outcome.calibration.intercept + 2) < 0.1)
    #expect(outcome.lowersError)
    #expect(outcome.card.errorBefore > 0.2 && outcome.card.errorAfter < 0.03)
    #expect(outcome.card.groups.count == 3 && outcome.card.densities == [0.1])
    #expect(outcome.card.after.bins.reduce(0) { $0 + $1.weight } == 12_000)
  }

  @Test("a group is judged by the others alone")
  func leavesOut() throws {
    var odd = samples(groups: 3, slope: 1, intercept: 0)
    odd[2].labels = odd[2].labels.map { _ in 0 }
    let outcome = try SurvivalCalibration.outcome(of: odd)
    let honest = try ScoreCalibration.fitted(
      scores: odd[0].scores + odd[1].scores, labels: odd[0].labels + odd[1].labels)
    let expected = odd[2].scores.reduce(0) { $0 + Double(honest.probability(score: $1)) }
    let others = try [0, 1].map { index in
      let calibration = try ScoreCalibration.fitted(
        scores: odd[1 - index].scores + odd[2].scores,
        labels: odd[1 - index].labels + odd[2].labels)
      return odd[index].scores.reduce(0) { $0 + Double(calibration.probability(score: $1)) }
    }
    let predicted = outcome.card.after.bins.reduce(0) { $0 + $1.weight * $1.meanPrediction }
    #expect(abs(predicted - expected - others.reduce(0, +)) < 0.1)
  }

  @Test("one group, and scores that rank the wrong way round, are refused")
  func refuses() throws {
    #expect(throws: PredictorError.tooFewGroups(got: 1, needed: 2)) {
      try SurvivalCalibration.outcome(of: samples(groups: 1, slope: 1, intercept: 0))
    }
    #expect(throws: PredictorError.tooFewGroups(got: 0, needed: 2)) {
      try SurvivalCalibration.outcome(of: [])
    }
    #expect(throws: PredictorError.self) {
      try SurvivalCalibration.outcome(of: samples(groups: 2, slope: -1, intercept: 0))
    }
  }

  @Test("a distorted predictor of real networks gets more reliable; its masks stay")
  func calibratesNetworks() throws {
    let networks = try ClusterNetworks.trained(3, engine: engine)
    var bold = LogisticPredictor.prior
    bold.coefficients = bold.coefficients.map { 3 * $0 }
    var calibration = SurvivalCalibration.quick
    calibration.networkLimit = 3
    calibration.searchSteps = 20
    let samples = try calibration.samples(
      of: [bold, LogisticPredictor.prior], on: networks, engine: engine)
    #expect(samples.map(\.count) == [3, 3])
    #expect(samples[0].map(\.labels) == samples[1].map(\.labels))
    let labels = samples[0].flatMap(\.labels)
    #expect(abs(labels.reduce(0, +) / Float(labels.count) - 0.2) < 0.03)
    let outcome = try SurvivalCalibration.outcome(of: samples[0])
    #expect(outcome.lowersError)
    #expect(outcome.calibration.slope > 0)

    let before = Preset.Model.logistic(bold)
    let after = before.calibrated(by: outcome.calibration)
    #expect(after != before && after.predictor.calibration == outcome.calibration)
    let masks = try [before, after].map { model in
      try SelectorChoice(
        .predictor(model.predictor, name: "bold"),
        session: try PruningSession(networks[0].graph, engine: engine), fit: networks[0].fit,
        objective: .crossEntropy(labelSmoothing: 0),
        options: PruningOptions(budget: .maximumDrop(points: 0), batchSize: 250)
      ).finalSelector().select(keeping: 0.3).masks
    }
    #expect(masks[0] == masks[1])
  }
}
