import CGSL
import Foundation

/// Exact one-sided confidence bounds of a probability from `successes` among `trials`.
///
/// - Source: Clopper & Pearson, *The use of confidence or fiducial limits illustrated in the case of the binomial*,
///   Biometrika 26, 1934, through the beta quantile form.
public enum ClopperPearson {
  /// Upper bound: the true probability is at most this with at least `confidence`.
  public static func upper(
    successes: Int, trials: Int, confidence: Double
  ) throws(NumericsError) -> Double {
    try validate(successes, trials, confidence)
    if successes == trials { return 1 }
    return try quantile(confidence, a: Double(successes) + 1, b: Double(trials - successes))
  }

  /// Lower bound: the true probability is at least this with at least `confidence`.
  public static func lower(
    successes: Int, trials: Int, confidence: Double
  ) throws(NumericsError) -> Double {
    try validate(successes, trials, confidence)
    if successes == 0 { return 0 }
    return try quantile(1 - confidence, a: Double(successes), b: Double(trials - successes) + 1)
  }

  /// - Throws: ``NumericsError/failed(operation:status:message:)`` where GSL's series does not converge, as for some
  ///   millions of trials.
  private static func quantile(
    _ probability: Double, a: Double, b: Double
  ) throws(NumericsError) -> Double {
    let value = Distributions.betaQuantile(probability, a: a, b: b)
    guard value.isFinite else {
      throw GSL.error(GSL_EMAXITER.rawStatus, in: "Clopper–Pearson bound")
    }
    return value
  }

  static func validate(
    _ successes: Int, _ trials: Int, _ confidence: Double
  ) throws(NumericsError) {
    guard trials > 0, (0...trials).contains(successes) else {
      throw .invalidArgument(
        operation: "Clopper–Pearson bound", name: "successes",
        got: "\(successes) of \(trials)", expected: "0 ... trials, with at least one trial")
    }
    guard confidence > 0, confidence < 1 else {
      throw .invalidArgument(
        operation: "Clopper–Pearson bound", name: "confidence", got: "\(confidence)",
        expected: "0 < confidence < 1; write 95 % as 0.95")
    }
  }
}

/// Upper confidence bound of a mean of bounded numbers, tighter the less they vary.
///
/// With probability at least `1 − δ` over *n* independent draws from an interval of width *R*, with sample variance *V*,
/// `E[x] ≤ x̄ + √(2 V ln(2/δ) / n) + 7 R ln(2/δ) / (3 (n − 1))`, whatever the distribution.
///
/// - Source: Maurer & Pontil, *Empirical Bernstein Bounds and Sample Variance Penalization*, 2009,
///   [arXiv:0907.3740](https://arxiv.org/abs/0907.3740), Theorem 4.
public enum EmpiricalBernsteinBound {
  /// Upper bound of the mean.
  /// - Parameters:
  ///   - values: independent draws, all within an interval of width `range` that was fixed beforehand.
  ///   - confidence: `1 − δ`, in `0.5 ..< 1`, one-sided.
  /// - Returns: ∞ for fewer than two values.
  public static func upper(
    _ values: [Double], range: Double, confidence: Double
  ) throws(NumericsError) -> Double {
    try check(range: range, confidence: confidence)
    let count = Double(values.count)
    guard count > 1 else { return .infinity }
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return mean
      + margin(variance: variance, count: values.count, range: range, confidence: confidence)
  }

  /// Smallest number of values for which a mean of 0 without spread is bounded by `limit`.
  ///
  /// - Returns: `.max` where no number is enough.
  public static func fewestValues(
    bounding limit: Double, range: Double, confidence: Double
  ) throws(NumericsError) -> Int {
    try check(range: range, confidence: confidence)
    guard limit > 0 else { return .max }
    let needed = (7 * range * log(2 / (1 - confidence)) / (3 * limit)).rounded(.up) + 1
    return needed < 1e9 ? max(2, Int(needed)) : .max
  }

  private static func margin(
    variance: Double, count: Int, range: Double, confidence: Double
  ) -> Double {
    let level = log(2 / (1 - confidence))
    return (2 * variance * level / Double(count)).squareRoot()
      + 7 * range * level / (3 * Double(count - 1))
  }

  private static func check(range: Double, confidence: Double) throws(NumericsError) {
    guard range > 0, range.isFinite else {
      throw .invalidArgument(
        operation: "empirical Bernstein bound", name: "range", got: "\(range)",
        expected: "a finite width > 0")
    }
    guard confidence >= 0.5, confidence < 1 else {
      throw .invalidArgument(
        operation: "empirical Bernstein bound", name: "confidence", got: "\(confidence)",
        expected: "0.5 <= confidence < 1; write 95 % as 0.95")
    }
  }
}
