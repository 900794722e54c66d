import PruneCore
import TestSupport
import Testing

@testable import PruneController

@Suite("Paired bound")
struct PairedBoundTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      var metric: Metric
      var confidence: Double
      var dense: [Float]
      var pruned: [Float]
      var upperBoundPoints: Double
    }
    var cases: [Case]
  }

  private func evaluation(_ metric: Metric, _ contributions: [Float]) -> Evaluation {
    Evaluation(metric: metric, contributions: contributions, wallSeconds: 0)
  }

  @Test("matches scipy's one-sided interval of paired differences", .tags(.golden))
  func golden() throws {
    for reference in try Golden<Reference>.load("bounds").cases {
      let certificate = try PairedBound(confidence: reference.confidence).certificate(
        dense: evaluation(reference.metric, reference.dense),
        pruned: evaluation(reference.metric, reference.pruned), maxDropPoints: 1)
      #expect(
        isClose(certificate.dropUpperBoundPoints, reference.upperBoundPoints, relative: 1e-5),
        "\(reference.metric) of \(reference.dense.count)")
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
    let count = try bound.fewestExamples(certifying: points, of: .accuracy)
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
    #expect((598...700).contains(try bound.fewestExamples(certifying: 0.5, of: .accuracy)))
    #expect((299...350).contains(try bound.fewestExamples(certifying: 1, of: .fidelity)))
    #expect(try bound.fewestExamples(certifying: 0, of: .accuracy) == .max)
    #expect(try bound.fewestExamples(certifying: 1e-9, of: .accuracy) == .max)
    #expect(try bound.fewestExamples(certifying: 100, of: .accuracy) == 1)
    #expect(try bound.fewestExamples(certifying: 0.5, of: .mse) == 2)
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
