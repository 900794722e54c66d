import Foundation
import GSLNumerics
package import PruneCore
package import PruneTraining

/// Bounds the true drop between two evaluations of the same examples, at a one-sided confidence.
///
/// Which bound is used follows from what an example can contribute to the metric: for 0 or 1 (accuracy, top5, agreement of
/// classes) the exact one on (newly wrong, newly right) counts, ``PairedDropBound``; for numbers between 0 and 1
/// (agreement of other outputs, sequences scored position by position) ``EmpiricalBernsteinBound``; for errors without a
/// limit ``BootstrapBound``, which is valid for large numbers of examples only.
package struct PairedBound {
  package let confidence: Double

  package init(confidence: Double) throws(BudgetError) {
    guard confidence >= 0.5, confidence < 1 else { throw .confidenceOutOfRange(confidence) }
    self.confidence = confidence
  }

  /// Probability that the true drop exceeds the bound, α = 1 − confidence.
  package var errorProbability: Double { 1 - confidence }

  /// Certificate of the drop from `dense` to `pruned`.
  ///
  /// - Parameters:
  ///   - dense: evaluation of the dense network.
  ///   - pruned: evaluation of the pruned network on the same examples.
  ///   - maxDropPoints: largest allowed drop, in points.
  ///   - errorProbability: α of this bound where it is less than 1 − confidence; the certificate states the confidence all
  ///     the same, which then holds for a sequence of tests.
  package func certificate(
    dense: Evaluation, pruned: Evaluation, maxDropPoints: Double, errorProbability: Double? = nil
  ) throws -> Certificate {
    let level = errorProbability.map { 1 - $0 } ?? confidence
    let (before, after) = (dense.exampleMeans, pruned.exampleMeans)
    let sign = dense.metric.isHigherBetter ? 1.0 : -1.0
    let drops = zip(before, after).map { sign * ($0 - $1) }
    let (regressed, recovered) = (drops.count { $0 > 0 }, drops.count { $0 < 0 })
    let bound: Double
    switch method(for: dense) {
    case .exactPaired:
      bound = try PairedDropBound.upper(
        newlyWrong: regressed, newlyRight: recovered, examples: dense.examples, confidence: level)
    case .empiricalBernstein:
      bound = try EmpiricalBernsteinBound.upper(
        drops, range: width(of: dense), confidence: level)
    case .bootstrapT:
      bound = try BootstrapBound(
        dense.metric == .perplexity ? .differenceOfExponentials : .differenceOfMeans,
        confidence: level
      ).upper(first: before, second: after)
    }
    return Certificate(
      maxDropPoints: maxDropPoints, confidence: confidence, dropUpperBoundPoints: 100 * bound,
      samples: dense.examples, regressed: regressed, recovered: recovered,
      method: method(for: dense))
  }

  /// Fewest examples with which a drop of `points` can be certified: enough for the bound to keep to it where no example
  /// regressed.
  ///
  /// - Parameter dense: evaluation of the dense network on data of the same kind.
  /// - Returns: `.max` where no number of examples, or none up to ``mostExamples``, is enough.
  package func fewestExamples(certifying points: Double, like dense: Evaluation) throws -> Int {
    switch method(for: dense) {
    case .exactPaired: try fewestClassified(certifying: points)
    case .empiricalBernstein:
      try EmpiricalBernsteinBound.fewestValues(
        bounding: points / 100, range: width(of: dense), confidence: confidence)
    case .bootstrapT: BootstrapBound.fewestPairs
    }
  }

  private func method(for dense: Evaluation) -> Certificate.Method {
    switch dense.range {
    case .zeroOrOne: dense.positionsPerExample == 1 ? .exactPaired : .empiricalBernstein
    case .unitInterval: .empiricalBernstein
    case .unbounded: .bootstrapT
    }
  }

  /// Width of the interval that drops of single examples lie in: 1 for fidelity, since the dense network agrees with itself
  /// on every example, else 2.
  private func width(of dense: Evaluation) -> Double { dense.metric == .fidelity ? 1 : 2 }

  /// Fewest examples for the exact bound: slightly more than `(1 − drop)ⁿ ≤ 1 − confidence` asks for.
  private func fewestClassified(certifying points: Double) throws -> Int {
    guard points > 0 else { return .max }
    guard points < 100 else { return 1 }
    let start = (log(1 - confidence) / log1p(-points / 100)).rounded(.up)
    guard start < Self.mostExamples else { return .max }
    var count = max(1, Int(start))
    while try !holds(points, unchanged: count) { count += max(1, count / 200) }
    while count > 1, try holds(points, unchanged: count - 1) { count -= 1 }
    return count
  }

  /// `true` where `count` examples of which none changed certify a drop of `points`.
  private func holds(_ points: Double, unchanged count: Int) throws -> Bool {
    100
      * (try PairedDropBound.upper(
        newlyWrong: 0, newlyRight: 0, examples: count, confidence: confidence)) <= points
  }

  /// Largest number of examples that is considered, chosen by hand.
  private static var mostExamples: Double { 1e6 }
}
