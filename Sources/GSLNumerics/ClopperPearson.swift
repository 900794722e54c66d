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
    return Distributions.betaQuantile(
      confidence, a: Double(successes) + 1, b: Double(trials - successes))
  }

  /// The true probability lies at or above this with at least `confidence`.
  public static func lower(
    successes: Int, trials: Int, confidence: Double
  ) throws(NumericsError) -> Double {
    try validate(successes, trials, confidence)
    if successes == 0 { return 0 }
    return Distributions.betaQuantile(
      1 - confidence, a: Double(successes), b: Double(trials - successes) + 1)
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
