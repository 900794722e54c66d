import CGSL

/// Probabilities and quantiles of the distributions that bounds and tests need.
///
/// Arguments outside a function's domain give NaN; nothing traps.
public enum Distributions {
  /// Distribution function `P(Z ≤ x)` of the standard normal.
  public static func normalProbability(below x: Double) -> Double {
    GSL.prepare()
    return gsl_cdf_ugaussian_P(x)
  }

  /// Quantile of the standard normal: the `x` with `P(Z ≤ x) = probability`; ±∞ at 1 and 0.
  public static func normalQuantile(_ probability: Double) -> Double {
    GSL.prepare()
    return (0...1).contains(probability) ? gsl_cdf_ugaussian_Pinv(probability) : .nan
  }

  /// Distribution function `P(X ≤ successes)` for X ~ Binomial(trials, probability).
  public static func binomialProbability(
    atMost successes: Int, trials: Int, probability: Double
  ) -> Double {
    GSL.prepare()
    guard let trials = UInt32(exactly: trials), (0...1).contains(probability) else { return .nan }
    if successes < 0 { return 0 }
    guard let successes = UInt32(exactly: successes), successes < trials else { return 1 }
    return gsl_cdf_binomial_P(successes, probability, trials)
  }

  /// Upper tail `P(X > successes)` for X ~ Binomial(trials, probability), accurate where it is small.
  public static func binomialProbability(
    above successes: Int, trials: Int, probability: Double
  ) -> Double {
    GSL.prepare()
    guard let trials = UInt32(exactly: trials), (0...1).contains(probability) else { return .nan }
    if successes < 0 { return 1 }
    guard let successes = UInt32(exactly: successes), successes < trials else { return 0 }
    return gsl_cdf_binomial_Q(successes, probability, trials)
  }

  /// Probability mass `P(X = successes)` for X ~ Binomial(trials, probability).
  public static func binomialMass(at successes: Int, trials: Int, probability: Double) -> Double {
    GSL.prepare()
    guard let trials = UInt32(exactly: trials), (0...1).contains(probability) else { return .nan }
    guard let successes = UInt32(exactly: successes), successes <= trials else { return 0 }
    return gsl_ran_binomial_pdf(successes, probability, trials)
  }

  /// Quantile of Beta(a, b): the `x` with `P(X ≤ x) = probability`.
  ///
  /// - Note: found by Brent's method on the distribution function: `gsl_cdf_beta_Pinv` of GSL 2.7 does not converge
  ///   for some ordinary arguments, such as 0.9 with a = 13 and b = 2988.
  /// - Returns: NaN also where the distribution function cannot be computed, as for a and b of some millions.
  public static func betaQuantile(_ probability: Double, a: Double, b: Double) -> Double {
    GSL.prepare()
    guard a > 0, b > 0, a.isFinite, b.isFinite, (0...1).contains(probability) else { return .nan }
    if probability == 0 || probability == 1 { return probability }
    var finder = RootFinder()
    finder.absoluteTolerance = 0
    finder.relativeTolerance = 1e-13
    let quantile = try? finder.root(in: 0...1) { x in
      probability < 0.5
        ? gsl_cdf_beta_P(x, a, b) - probability : (1 - probability) - gsl_cdf_beta_Q(x, a, b)
    }
    return quantile ?? .nan
  }
}
