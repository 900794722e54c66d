import Foundation
import GSLNumerics
import TestSupport
import Testing

@Suite struct PairedDropBoundTests {
  @Test("agrees with a brute-force enumeration of all tables", .tags(.golden))
  func golden() throws {
    for table in try NumericsGolden.load().paired {
      let bound = try PairedDropBound.upper(
        newlyWrong: table.newlyWrong, newlyRight: table.newlyRight, examples: table.examples,
        confidence: table.confidence)
      #expect(bound >= table.upper - 1e-6, "\(table)")
      #expect(bound <= table.upper + 1e-3, "\(table)")
    }
  }

  /// Exact: every outcome of a small sample, every drop just above a bound, 25 shares of disagreement for each.
  @Test(
    "covers the true drop at least as often as asked, whatever the probabilities",
    arguments: [(5, 0.8), (5, 0.95), (5, 0.99), (10, 0.9), (10, 0.95), (20, 0.9), (20, 0.95)])
  func covers(examples: Int, confidence: Double) throws {
    let lowest = try PairedCoverage(examples: examples, confidence: confidence)
      .lowest(disagreements: 25)
    #expect(lowest.coverage >= confidence - 1e-9, "\(lowest)")
    // The error of the interval for ψ is all that is given away where coverage is lowest.
    #expect(lowest.coverage <= confidence + 0.003, "\(lowest)")
  }

  /// A drop just above the bound of one outcome, at a share of disagreement where many outcomes near it miss.
  struct Point: CustomTestStringConvertible {
    var examples: Int
    var confidence: Double
    var wrong: Int
    var right: Int
    var disagreement: Double

    var testDescription: String { "\(wrong) and \(right) of \(examples) at \(confidence)" }
  }

  /// Exact, for as many examples as certificates are made with. The points are the least covered ones of a search over
  /// all bounds of up to 60 disagreements (40 for 800 examples) with 400 shares of disagreement each.
  @Test(
    "covers drops of larger samples, where they are covered least",
    arguments: [
      Point(examples: 50, confidence: 0.95, wrong: 0, right: 2, disagreement: 0.07205),
      Point(examples: 50, confidence: 0.95, wrong: 2, right: 2, disagreement: 0.12826),
      Point(
        examples: 50, confidence: 0.9, wrong: 1, right: 1, disagreement: 0.07233),
      Point(examples: 224, confidence: 0.95, wrong: 0, right: 2, disagreement: 0.01638),
      Point(examples: 224, confidence: 0.99, wrong: 1, right: 5, disagreement: 0.02536),
      Point(
        examples: 224, confidence: 0.9, wrong: 2, right: 5, disagreement: 0.04595),
      Point(examples: 800, confidence: 0.95, wrong: 0, right: 2, disagreement: 0.00461),
      Point(examples: 800, confidence: 0.9, wrong: 1, right: 1, disagreement: 0.00463),
    ])
  func coversLarger(_ point: Point) throws {
    let bound = try PairedDropBound.upper(
      newlyWrong: point.wrong, newlyRight: point.right, examples: point.examples,
      confidence: point.confidence)
    let coverage = try PairedCoveragePoint(
      examples: point.examples, confidence: point.confidence, drop: bound + 1e-9,
      disagreement: point.disagreement
    ).coverage()
    #expect(coverage >= point.confidence - 1e-9)
    #expect(coverage <= point.confidence + 0.008)
  }

  /// Tango's score limit holds in the limit of many examples only; an exact bound pays for being discrete.
  @Test(
    "lies at most two examples above the asymptotic score limit, half of one on average",
    arguments: [(10, 0.9), (10, 0.95), (20, 0.95)])
  func isTight(examples: Int, confidence: Double) throws {
    var excesses: [Double] = []
    for wrong in 0...examples {
      for right in 0...(examples - wrong) {
        let bound = try PairedDropBound.upper(
          newlyWrong: wrong, newlyRight: right, examples: examples, confidence: confidence)
        let limit = try scoreUpper(
          newlyWrong: wrong, newlyRight: right, examples: examples, confidence: confidence)
        excesses.append(Double(examples) * (bound - limit))
        #expect(bound <= limit + 2 / Double(examples), "\(wrong) and \(right): \(limit)")
      }
    }
    #expect(excesses.count == (examples + 1) * (examples + 2) / 2)
    #expect(excesses.reduce(0, +) / Double(excesses.count) <= 0.65)
  }

  /// Tango's upper limit, with the maximum-likelihood probabilities under each drop in closed form.
  private func scoreUpper(
    newlyWrong: Int, newlyRight: Int, examples: Int, confidence: Double
  ) throws -> Double {
    let (b, c, n) = (Double(newlyWrong), Double(newlyRight), Double(examples))
    let quantile = Distributions.normalQuantile(confidence)
    var (inside, outside) = ((b - c) / n, 1.0)
    for _ in 0..<50 {
      let drop = (inside + outside) / 2
      let (second, first) = (2 * n, (2 * n - b + c) * drop - b - c)
      let root = max(0, first * first + 4 * second * c * drop * (1 - drop)).squareRoot()
      let right = (root - first) / (2 * second)
      let variance = max(0, n * (2 * right + drop * (1 - drop)))
      if b - c - n * drop > -quantile * variance.squareRoot() {
        inside = drop
      } else {
        outside = drop
      }
    }
    return inside
  }

  /// With no change in either direction, no valid bound can lie below the drop that stays unseen that often.
  @Test("no observed change leaves at least what may have stayed unseen", arguments: [5, 50, 800])
  func unchanged(examples: Int) throws {
    for confidence in [0.9, 0.95, 0.99] {
      let bound = try PairedDropBound.upper(
        newlyWrong: 0, newlyRight: 0, examples: examples, confidence: confidence)
      let unseen = 1 - pow(1 - confidence, 1 / Double(examples))
      #expect(bound >= unseen, "\(confidence)")
      #expect(bound <= 1.4 * unseen, "\(confidence)")
    }
  }

  @Test(
    "is shorter than two Clopper–Pearson bounds and close to the normal approximation",
    arguments: [(40, 30, 3000), (12, 5, 3000), (150, 120, 9000), (0, 0, 3000), (300, 310, 10000)])
  func isShort(wrong: Int, right: Int, examples: Int) throws {
    let exact = try PairedDropBound.upper(
      newlyWrong: wrong, newlyRight: right, examples: examples, confidence: 0.95)
    let union = try unionUpper(
      newlyWrong: wrong, newlyRight: right, examples: examples, confidence: 0.95)
    let n = Double(examples)
    let spread = (Double(wrong + right) / n / n).squareRoot()
    let normal = Double(wrong - right) / n + 1.645 * spread
    #expect(exact <= union)
    #expect(exact >= normal - 0.35 * spread)
    #expect(exact <= normal + 0.35 * spread + 4 / n)
  }

  /// The simpler bound from two Clopper–Pearson bounds at half the error each.
  private func unionUpper(
    newlyWrong: Int, newlyRight: Int, examples: Int, confidence: Double
  ) throws -> Double {
    let split = 1 - (1 - confidence) / 2
    return try ClopperPearson.upper(successes: newlyWrong, trials: examples, confidence: split)
      - ClopperPearson.lower(successes: newlyRight, trials: examples, confidence: split)
  }

  @Test("grows with errors and falls with repairs")
  func isMonotone() throws {
    func bound(_ wrong: Int, _ right: Int) throws -> Double {
      try PairedDropBound.upper(
        newlyWrong: wrong, newlyRight: right, examples: 500, confidence: 0.95)
    }
    let base = try bound(6, 4)
    #expect(try bound(8, 4) > base)
    #expect(try bound(6, 7) < base)
    #expect(try bound(0, 60) < 0)
  }

  @Test("refuses impossible tables")
  func refuses() {
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(newlyWrong: 6, newlyRight: 5, examples: 10, confidence: 0.95)
    }
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(newlyWrong: 1, newlyRight: .max, examples: 10, confidence: 0.95)
    }
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(newlyWrong: 1, newlyRight: 1, examples: 10, confidence: 0.2)
    }
  }
}
