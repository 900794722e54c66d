import Foundation
import GSLNumerics
package import PruneCore

/// Bounds the true drop between two evaluations of the same examples.
///
/// Accuracy, top5 and fidelity use the exact paired bound on (newly wrong, newly right) counts; unbounded metrics use
/// the one-sided Student-t bound on paired differences, which assumes their mean to be near normal.
package struct PairedBound {
  package let confidence: Double

  package init(confidence: Double) throws(BudgetError) {
    guard confidence >= 0.5, confidence < 1 else { throw .confidenceOutOfRange(confidence) }
    self.confidence = confidence
  }

  package func certificate(
    dense: Evaluation, pruned: Evaluation, maxDropPoints: Double
  ) throws -> Certificate {
    let pairs = zip(dense.contributions, pruned.contributions)
    let regressed = pairs.count { $0 > $1 }
    let recovered = pairs.count { $0 < $1 }
    let bound =
      dense.metric.isHigherBetter
      ? try PairedDropBound.upper(
        newlyWrong: regressed, newlyRight: recovered, examples: dense.examples,
        confidence: confidence)
      : try studentBound(dense: dense, pruned: pruned)
    return Certificate(
      maxDropPoints: maxDropPoints, confidence: confidence, dropUpperBoundPoints: 100 * bound,
      samples: dense.examples, regressed: regressed, recovered: recovered)
  }

  /// Fewest examples with which a drop of `points` could be certified at all: those with which the bound keeps to it
  /// where no example regressed, slightly more than `(1 − drop)ⁿ ≤ 1 − confidence` asks for.
  ///
  /// - Returns: `.max` where no number is enough, or none that could be bounded.
  package func fewestExamples(certifying points: Double, of metric: Metric) throws -> Int {
    guard metric.isHigherBetter else { return 2 }
    guard points > 0 else { return .max }
    guard points < 100 else { return 1 }
    let start = (log(1 - confidence) / log1p(-points / 100)).rounded(.up)
    guard start < Self.mostExamples else { return .max }
    var count = max(1, Int(start))
    while try !holds(points, unchanged: count) { count += max(1, count / 200) }
    while count > 1, try holds(points, unchanged: count - 1) { count -= 1 }
    return count
  }

  /// Whether `count` examples of which none changed certify a drop of `points`.
  private func holds(_ points: Double, unchanged count: Int) throws -> Bool {
    100
      * (try PairedDropBound.upper(
        newlyWrong: 0, newlyRight: 0, examples: count, confidence: confidence)) <= points
  }

  private static var mostExamples: Double { 1e6 }

  private func studentBound(dense: Evaluation, pruned: Evaluation) throws -> Double {
    let differences = zip(dense.contributions, pruned.contributions).map { Double($1) - Double($0) }
    let count = Double(differences.count)
    guard count > 1 else { return .infinity }
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let quantile = Distributions.studentQuantile(confidence, degreesOfFreedom: count - 1)
    let bound = mean + quantile * (variance / count).squareRoot()
    return dense.metric == .perplexity ? dense.value * (exp(bound) - 1) : bound
  }
}
