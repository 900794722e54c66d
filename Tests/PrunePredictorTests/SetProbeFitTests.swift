import PruneCore
import PrunePredictor
import PruneSupport
import Testing

@Suite struct SetProbeFitTests {
  /// Losses of very different scale that rise with the first feature and fall with the second.
  private func networks(_ count: Int, seed: UInt64) throws -> [ProbedNetwork] {
    var generator = SeededGenerator(seed: seed)
    return try (0..<count).map { index in
      let features = (0..<3).map { _ in (0..<24).map { _ in Float(generator.uniform()) } }
      let scale = Float(10 * generator.uniform() * generator.uniform())
      let changes = (0..<24).map { set in
        scale * (2 * features[0][set] - features[1][set] + 0.2 * Float(generator.uniform()))
      }
      return try ProbedNetwork(
        group: "family \(index % 4)", features: features, changes: changes, density: 0.1)
    }
  }

  @Test("learns across networks whose losses have different scales")
  func learns() throws {
    let fit = SetProbeFit(featureNames: ["log-magnitude", "row-rank", "depth"])
    let predictor = try fit.fit(try networks(12, seed: 1))
    let raw = zip(predictor.coefficients, predictor.basis.scales).map { $0 / $1 }
    #expect(raw[0] > 0 && raw[1] < 0)
    #expect(abs(raw[0] / raw[1] + 2) < 0.4)
    #expect(abs(raw[2]) < 0.2 * raw[0])
    let unseen = try networks(6, seed: 2)
    #expect(fit.concordance(of: raw, on: unseen) > 0.9)
    #expect(abs(fit.concordance(of: [0, 0, 1], on: unseen) - 0.5) < 0.15)
    #expect(fit.concordance(of: [0, 0, 0], on: unseen) == 0.5)
  }

  @Test("refuses columns that do not fit and probes that are not finite")
  func refuses() throws {
    #expect(throws: PredictorError.self) {
      try ProbedNetwork(group: "a", features: [[1]], changes: [1, 2], density: 0.1)
    }
    #expect(throws: PredictorError.self) {
      try ProbedNetwork(group: "a", features: [[1, .nan]], changes: [1, 2], density: 0.1)
    }
    #expect(throws: PredictorError.noData("set probe")) {
      try SetProbeFit(featureNames: ["depth"]).fit([])
    }
    #expect(throws: PredictorError.self) {
      try SetProbeFit(featureNames: ["depth"]).fit(try networks(4, seed: 1))
    }
  }
}
