import PruneCore
import PruneTraining
import TestSupport
import Testing

@testable import PruneController

@Suite("Paired bound")
struct PairedBoundTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      var metric: Metric
      var range: Evaluation.ContributionRange
      var confidence: Double
      var dense: [Float]
      var pruned: [Float]
      var upperBoundPoints: Double
      var relativeTolerance: Double
    }
    var cases: [Case]
  }

  private func evaluation(
    _ metric: Metric, _ contributions: [Float], range: Evaluation.ContributionRange? = nil
  ) -> Evaluation {
    Evaluation(metric: metric, contributions: contributions, range: range, wallSeconds: 0)
  }

  @Test("matches bounds computed with numpy from the papers", .tags(.golden))
  func golden() throws {
    for reference in try Golden<Reference>.load("bounds").cases {
      let dense = evaluation(reference.metric, reference.dense, range: reference.range)
      let certificate = try PairedBound(confidence: reference.confidence).certificate(
        dense: dense,
        pruned: evaluation(reference.metric, reference.pruned, range: reference.range),
        maxDropPoints: 1)
      #expect(
        isClose(
          certificate.dropUpperBoundPoints, reference.upperBoundPoints,
          relative: reference.relativeTolerance),
        "\(reference.metric) of \(reference.dense.count): \(certificate.dropUpperBoundPoints), \(reference.upperBoundPoints)"
      )
    }
  }

  @Test("counts the examples that became wrong and right")
  func counts() throws {
    let certificate = try PairedBound(confidence: 0.95).certificate(
      dense: evaluation(.accuracy, [1, 1, 1, 0, 0]),
      pruned: evaluation(.accuracy, [1, 0, 0, 1, 0]), maxDropPoints: 30)
    #expect(certificate.regressed == 2)
    #expect(certificate.recovered == 1)
    #expect(certificate.samples == 5)
    #expect(certificate.dropUpperBoundPoints > 20)
    #expect(!certificate.holds)
  }

  @Test("the fewest examples are just enough", arguments: [0.5, 1, 3, 10], [0.9, 0.95, 0.99])
  func fewestExamples(_ points: Double, _ confidence: Double) throws {
    let bound = try PairedBound(confidence: confidence)
    let count = try bound.fewestExamples(
      certifying: points, like: evaluation(.accuracy, [1, 1]))
    func holds(_ examples: Int) throws -> Bool {
      let same = evaluation(.accuracy, [Float](repeating: 1, count: examples))
      return try bound.certificate(dense: same, pruned: same, maxDropPoints: points).holds
    }
    #expect(try holds(count))
    #expect(try !holds(count - 1))
  }

  @Test("known counts and the ends of the range")
  func fewestExamplesKnown() throws {
    let bound = try PairedBound(confidence: 0.95)
    // (1 − drop)ⁿ ≤ 0.05 asks for 598 and 299; the error of the interval for ψ costs a few more.
    let classified = evaluation(.accuracy, [1, 1])
    func fewest(_ points: Double, _ like: Evaluation) throws -> Int {
      try bound.fewestExamples(certifying: points, like: like)
    }
    #expect((598...700).contains(try fewest(0.5, classified)))
    #expect((299...350).contains(try fewest(1, evaluation(.fidelity, [1, 1]))))
    #expect(try fewest(0, classified) == .max)
    #expect(try fewest(1e-9, classified) == .max)
    #expect(try fewest(100, classified) == 1)
    #expect(try fewest(0.5, evaluation(.mse, [1, 1])) == 20)
    // 7 ln 40 / (3 · 0.005), and one.
    #expect(try fewest(0.5, evaluation(.fidelity, [1, 1], range: .unitInterval)) == 1_723)
  }

  @Test("the kind of bound follows from what an example can contribute")
  func methods() throws {
    let bound = try PairedBound(confidence: 0.95)
    func method(_ dense: Evaluation) throws -> Certificate.Method {
      try bound.certificate(dense: dense, pruned: dense, maxDropPoints: 1).method
    }
    #expect(try method(evaluation(.accuracy, [1, 0])) == .exactPaired)
    #expect(
      try method(evaluation(.fidelity, [1, 1], range: .unitInterval)) == .empiricalBernstein)
    #expect(
      try method(
        Evaluation(
          metric: .accuracy, contributions: [1, 0, 1, 1], positionsPerExample: 2, wallSeconds: 0))
        == .empiricalBernstein)
    #expect(try method(evaluation(.mae, [1, 2])) == .bootstrapT)
  }

  @Test("positions of one example do not count as examples")
  func sequences() throws {
    func evaluation(_ contributions: [Float]) -> Evaluation {
      Evaluation(
        metric: .accuracy, contributions: contributions, positionsPerExample: 4, wallSeconds: 0)
    }
    let certificate = try PairedBound(confidence: 0.9).certificate(
      dense: evaluation([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]),
      pruned: evaluation([1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0]), maxDropPoints: 1)
    #expect(certificate.samples == 3)
    #expect(certificate.regressed == 1)
    #expect(certificate.recovered == 1)
  }

  @Test("one example bounds no unbounded metric")
  func singleExample() throws {
    let certificate = try PairedBound(confidence: 0.95).certificate(
      dense: evaluation(.mse, [1]), pruned: evaluation(.mse, [1]), maxDropPoints: 1)
    #expect(certificate.dropUpperBoundPoints == .infinity)
  }

  @Test("confidences out of range are refused", arguments: [0.3, 1, -1, Double.nan])
  func confidences(_ value: Double) {
    #expect(throws: BudgetError.self) { try PairedBound(confidence: value) }
  }
}
