import CGSL

/// Exact one-sided confidence bounds of a probability from `successes` among `trials`.
///
/// - Source: Clopper & Pearson, *The use of confidence or fiducial limits illustrated in the case of the binomial*,
///   Biometrika 26, 1934, through the beta quantile form.
public enum ClopperPearson {
  /// The true probability lies at or below this with at least `confidence`.
  public static func upper(
    successes: Int, trials: Int, confidence: Double
  ) throws(NumericsError) -> Double {
    try validate(successes, trials, confidence)
    if successes == trials { return 1 }
    return try quantile(confidence, a: Double(successes) + 1, b: Double(trials - successes))
  }

  /// The true probability lies at or above this with at least `confidence`.
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
