/// Upper confidence bound of the accuracy drop between two classifiers, evaluated on the same examples.
///
/// Among `examples`, `newlyWrong` are wrong under the new network and right under the old one, `newlyRight` the other
/// way around. The drop of accuracy is `Δ = P(newly wrong) − P(newly right)`.
///
/// The bound inverts an exact unconditional test: `Δ₀` is kept where, for some share `ψ` of examples on which the
/// two disagree, a table at least as favourable as the one observed has probability above `1 − confidence`. Tables
/// are ordered by `(b − c − nΔ₀) / √V`, with `V` estimated from `b + c` alone; any ordering gives a valid bound, this
/// one gives a short one. `ψ` runs over a Clopper–Pearson interval whose own error is taken off the level.
///
/// - Note: the maximum over `ψ` is searched on a grid refined around its maxima, and tables are compared at five drops of
///   each interval, so the bound is checked rather than proved: its exact coverage, by enumeration of all tables, was at
///   least the confidence for 5 … 30 examples at six confidences, and at the worst points found for 50, 224 and 800.
/// - Source: Tango, *Equivalence test and confidence interval for the difference in proportions for the paired-sample
///   design*, Statistics in Medicine 17, 1998 (the statistic); Berger & Boos, *P values maximized over a confidence
///   set for the nuisance parameter*, JASA 89, 1994 (the interval for ψ).
public enum PairedDropBound {
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

/// The test that ``PairedDropBound`` inverts.
struct PairedDropTest {
  let difference: Int
  let disagreements: Int
  let examples: Int
  /// Error probability that remains beside that of the interval for `ψ`.
  private let testLevel: Double
  /// Interval of the share of disagreements, but for an error of `level − testLevel`.
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

  /// Walks down from the largest possible drop through intervals in which no drop is plausible, ever shorter ones where
  /// some may be; the top of the first short interval that cannot be excluded is the bound.
  func upperBound() throws(NumericsError) -> Double {
    let observed = Double(difference) / Double(examples)
    let spread = (disagreementRange.upperBound / Double(examples)).squareRoot()
    let longest = 0.25 * spread
    var top = disagreementRange.upperBound
    let start = observed + 6 * spread + 10 / Double(examples)
    if start < top, !mayBePlausible(start...top) { top = start }
    var length = longest
    while top > -1 {
      let bottom = max(-1, top - length)
      if !mayBePlausible(bottom...top) {
        top = bottom
      } else if length > longest / 256 {
        length /= 2
      } else {
        break
      }
    }
    return min(1, top)
  }

  /// `true` where some drop in `drops` may be one that cannot be excluded at the test's level; `false` is certain.
  ///
  /// Maximises over shares of disagreement on a grid, then between the neighbours of each of its maxima that are near the
  /// level.
  private func mayBePlausible(_ drops: ClosedRange<Double>) -> Bool {
    let magnitudes = [drops.lowerBound.magnitude, drops.upperBound.magnitude].sorted()
    let least = drops.contains(0) ? 0 : magnitudes[0]
    let lower = max(disagreementRange.lowerBound, least)
    let upper = disagreementRange.upperBound
    guard lower <= upper else { return false }
    let edge = magnitudes[1]
    if edge > lower, edge < upper, tailProbability(drops: drops, disagreement: edge) > testLevel {
      return true
    }
    let spread = max((upper / Double(examples)).squareRoot(), 1e-12)
    let points = min(64, max(4, Int((4 * (upper - lower) / spread).rounded(.up))))
    let width = (upper - lower) / Double(points)
    var tails: [Double] = []
    for index in 0...points {
      tails.append(
        tailProbability(drops: drops, disagreement: max(lower, upper - width * Double(index))))
      if tails[index] > testLevel { return true }
    }
    guard width > 0 else { return false }
    return tails.indices.contains { index in
      let isMaximum =
        (index == 0 || tails[index - 1] <= tails[index])
        && (index == points || tails[index + 1] <= tails[index])
      guard isMaximum, tails[index] >= 0.8 * testLevel else { return false }
      let centre = upper - width * Double(index)
      return exceedsLevel(drops, between: max(lower, centre - width), min(upper, centre + width))
    }
  }

  /// Golden-section search for a share of disagreement at which the tail exceeds the level.
  private func exceedsLevel(
    _ drops: ClosedRange<Double>, between lower: Double, _ upper: Double
  ) -> Bool {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (lower, upper) = (lower, upper)
    var left = upper - ratio * (upper - lower)
    var right = lower + ratio * (upper - lower)
    var atLeft = tailProbability(drops: drops, disagreement: left)
    var atRight = tailProbability(drops: drops, disagreement: right)
    for _ in 0..<10 {
      if max(atLeft, atRight) > testLevel { return true }
      if atLeft > atRight {
        upper = right
        (right, atRight) = (left, atLeft)
        left = upper - ratio * (upper - lower)
        atLeft = tailProbability(drops: drops, disagreement: left)
      } else {
        lower = left
        (left, atLeft) = (right, atRight)
        right = lower + ratio * (upper - lower)
        atRight = tailProbability(drops: drops, disagreement: right)
      }
    }
    return max(atLeft, atRight) > testLevel
  }

  /// At least the probability of a table at least as favourable as the observed one, for any drop in `drops`.
  ///
  /// Counts all tables that are at least as favourable at one of five drops: fewer newly wrong ones are less likely the
  /// larger the drop, so that the smallest drop makes them likeliest.
  /// - Parameters:
  ///   - drops: `P(newly wrong) − P(newly right)`.
  ///   - disagreement: `P(newly wrong) + P(newly right)`.
  private func tailProbability(drops: ClosedRange<Double>, disagreement: Double) -> Double {
    guard disagreement > 0 else { return 1 }
    let count = Double(examples)
    let shareWrong = min(1, max(0, (disagreement + drops.lowerBound) / (2 * disagreement)))
    let width = drops.upperBound - drops.lowerBound
    let tried = (0...4).map { drops.lowerBound + width * Double($0) / 4 }
    let thresholds = tried.map { drop in
      (Double(difference) - count * drop) / deviation(disagreements: disagreements, drop: drop)
    }
    let mean = count * disagreement
    let reach = 8.5 * (mean * max(0, 1 - disagreement)).squareRoot() + 12
    let first = max(0, Int(mean - reach))
    let last = min(examples, Int(mean + reach))
    var total = 0.0
    for disagreements in first...last {
      let mass = Distributions.binomialMass(
        at: disagreements, trials: examples, probability: disagreement)
      guard mass > 1e-16 else { continue }
      var limit = -Double.infinity
      for index in tried.indices {
        let deviation = deviation(disagreements: disagreements, drop: tried[index])
        limit = max(
          limit,
          (Double(disagreements) + count * tried[index] + thresholds[index] * deviation) / 2)
      }
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
