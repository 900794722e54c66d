/// Upper confidence bound of the accuracy drop between two classifiers, evaluated on the same examples.
///
/// Among `examples`, `newlyWrong` are wrong under the new network and right under the old one, `newlyRight` the other
/// way around. The drop of accuracy is `Δ = P(newly wrong) − P(newly right)`.
///
/// The bound inverts an exact unconditional test: `Δ₀` is not rejected where, for some share `ψ` of examples on which
/// the two disagree, a table at least as favourable as the one observed has probability above `1 − confidence`. Tables
/// are ordered by `(b − c − nΔ₀) / √V`, with `V` estimated from `b + c` alone; any ordering gives a valid bound, this
/// one gives a tight one. `ψ` runs over a Clopper–Pearson interval whose own error is subtracted from the level.
///
/// - Source: Tango, *Equivalence test and confidence interval for the difference in proportions for the paired-sample
///   design*, Statistics in Medicine 17, 1998 (the statistic); Berger & Boos, *P values maximized over a confidence
///   set for the nuisance parameter*, JASA 89, 1994 (the interval for ψ).
public enum PairedDropBound {
  /// Upper bound of the drop of accuracy.
  /// - Parameter confidence: in `0.5 ..< 1`, one-sided.
  /// - Returns: fraction in `−1 ... 1`; negative proves an improvement.
  /// - Complexity: some hundred thousand binomial probabilities at 10,000 examples: under a second.
  public static func upper(
    newlyWrong: Int, newlyRight: Int, examples: Int, confidence: Double
  ) throws(NumericsError) -> Double {
    guard examples > 0, examples <= 1 << 24, newlyWrong >= 0, newlyRight >= 0,
      newlyWrong <= examples, newlyRight <= examples - newlyWrong
    else {
      throw .invalidArgument(
        operation: "paired bound", name: "the table",
        got: "\(newlyWrong) newly wrong and \(newlyRight) newly right of \(examples)",
        expected: "counts >= 0 that sum to at most the number of examples (1 ... 16777216)")
    }
    guard confidence >= 0.5, confidence < 1 else {
      throw .invalidArgument(
        operation: "paired bound", name: "confidence", got: "\(confidence)",
        expected: "0.5 <= confidence < 1; write 95 % as 0.95")
    }
    return try PairedDropTest(
      difference: newlyWrong - newlyRight, disagreements: newlyWrong + newlyRight,
      examples: examples, level: 1 - confidence
    ).upperBound()
  }
}

/// Test that ``PairedDropBound`` inverts.
struct PairedDropTest {
  let difference: Int
  let disagreements: Int
  let examples: Int
  /// Level of the test: the whole level less the error of the interval for `ψ`.
  private let testLevel: Double
  /// Interval of the share of disagreements `ψ`, with an error of `level − testLevel`.
  private let disagreementRange: ClosedRange<Double>

  init(
    difference: Int, disagreements: Int, examples: Int, level: Double
  ) throws(NumericsError) {
    self.difference = difference
    self.disagreements = disagreements
    self.examples = examples
    let intervalError = min(level / 50, 0.001)
    testLevel = level - intervalError
    let side = 1 - intervalError / 2
    let lower = try ClopperPearson.lower(
      successes: disagreements, trials: examples, confidence: side)
    let upper = try ClopperPearson.upper(
      successes: disagreements, trials: examples, confidence: side)
    disagreementRange = lower...max(lower, upper)
  }

  func upperBound() throws(NumericsError) -> Double {
    let observed = Double(difference) / Double(examples)
    let spread = (disagreementRange.upperBound / Double(examples)).squareRoot()
    let step = 0.25 * spread
    var rejected = disagreementRange.upperBound
    if isPlausible(rejected) { return rejected }
    let start = observed + 6 * spread + 10 / Double(examples)
    if start < rejected, !isPlausible(start) { rejected = start }
    var plausible = rejected
    repeat {
      rejected = plausible
      plausible -= step
    } while plausible > -1 && !isPlausible(plausible)
    for _ in 0..<14 {
      let middle = (plausible + rejected) / 2
      if isPlausible(middle) { plausible = middle } else { rejected = middle }
    }
    for fraction in stride(from: 1.0, to: 0.0, by: -0.125) {
      let candidate = rejected + fraction * step
      if isPlausible(candidate) { return min(1, candidate + 0.125 * step) }
    }
    return min(1, rejected)
  }

  /// Whether the test does not reject `drop` at its level.
  func isPlausible(_ drop: Double) -> Bool {
    let lower = max(disagreementRange.lowerBound, drop.magnitude)
    let upper = disagreementRange.upperBound
    guard lower <= upper else { return false }
    let spread = max((upper / Double(examples)).squareRoot(), 1e-12)
    let points = min(64, max(4, Int((4 * (upper - lower) / spread).rounded(.up))))
    for index in 0...points {
      let share = upper - (upper - lower) * Double(index) / Double(points)
      if tailProbability(drop: drop, disagreement: share) > testLevel { return true }
    }
    return false
  }

  /// Probability of a table at least as favourable as the observed one.
  ///
  /// - Parameters:
  ///   - drop: `P(newly wrong) − P(newly right)`.
  ///   - disagreement: `P(newly wrong) + P(newly right)`, ≥ |drop|.
  func tailProbability(drop: Double, disagreement: Double) -> Double {
    guard disagreement > 0 else { return 1 }
    let count = Double(examples)
    let shareWrong = min(1, max(0, (disagreement + drop) / (2 * disagreement)))
    let threshold =
      (Double(difference) - count * drop) / deviation(disagreements: disagreements, drop: drop)
    let mean = count * disagreement
    let reach = 8.5 * (mean * max(0, 1 - disagreement)).squareRoot() + 12
    let first = max(0, Int(mean - reach))
    let last = min(examples, Int(mean + reach))
    var total = 0.0
    for disagreements in first...last {
      let mass = Distributions.binomialMass(
        at: disagreements, trials: examples, probability: disagreement)
      guard mass > 1e-16 else { continue }
      let limit =
        (Double(disagreements) + count * drop
          + threshold * deviation(disagreements: disagreements, drop: drop)) / 2
      let mostWrong = Int((limit + 1e-9).rounded(.down))
      total +=
        mass
        * Distributions.binomialProbability(
          atMost: mostWrong, trials: disagreements, probability: shareWrong)
    }
    return total + 1e-12
  }

  private func deviation(disagreements: Int, drop: Double) -> Double {
    let count = Double(examples)
    let variance = max(Double(disagreements) + 1, count * drop.magnitude) - count * drop * drop
    return max(variance, 0.5).squareRoot()
  }
}
