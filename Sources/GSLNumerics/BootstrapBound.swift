import Foundation

/// Upper confidence bound of the difference of two means, from paired draws without a known range.
///
/// Bootstrap-t: the pairs are resampled with replacement, the statistic of each sample is studentised by that sample's
/// own standard error, and the quantile of these replaces Student's. Unlike Student's bound it follows skewed
/// differences; like every bound without a known range it is valid in the limit of many draws only.
///
/// - Source: Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993, §12.5; Hall, *Theoretical Comparison of
///   Bootstrap Confidence Intervals*, Annals of Statistics 16, 1988 (its second-order accuracy).
public struct BootstrapBound: Sendable {
  /// Statistic that is bounded.
  public enum Statistic: Hashable, Sendable {
    /// Difference of means, `ȳ − x̄`.
    case differenceOfMeans
    /// Difference of exponentials, `exp(ȳ) − exp(x̄)`, as for perplexities of mean log-likelihoods; its standard error is that of its linear part.
    case differenceOfExponentials
  }

  /// Statistic that is bounded.
  public let statistic: Statistic
  /// One-sided confidence, in `0.5 ..< 1`.
  public let confidence: Double
  private let replicates: Int

  /// Fewest pairs with a finite bound; with fewer, the studentised distribution has no reliable tail.
  public static let fewestPairs = 20

  /// - Throws: ``NumericsError/invalidArgument(operation:name:got:expected:)`` for a confidence outside
  ///   `0.5 ..< 1`.
  public init(_ statistic: Statistic, confidence: Double) throws(NumericsError) {
    guard confidence >= 0.5, confidence < 1 else {
      throw .invalidArgument(
        operation: "bootstrap bound", name: "confidence", got: "\(confidence)",
        expected: "0.5 <= confidence < 1; write 95 % as 0.95")
    }
    self.statistic = statistic
    self.confidence = confidence
    // At least ten samples lie beyond the quantile.
    replicates = min(1_000_000, max(1_000, Int((10 / (1 - confidence)).rounded(.up)))) - 1
  }

  /// Upper bound of the statistic.
  /// - Parameters:
  ///   - first: x, one number per draw.
  ///   - second: y, one number for each of the same draws.
  ///   - seed: seed of the resampling; equal seeds give equal bounds.
  /// - Returns: ∞ for fewer than ``fewestPairs`` pairs.
  /// - Complexity: O(*pairs* × 1,000) at 95 % confidence.
  public func upper(
    first: [Double], second: [Double], seed: UInt64 = 0
  ) throws(NumericsError) -> Double {
    guard first.count == second.count, first.count <= 1 << 24 else {
      throw .invalidArgument(
        operation: "bootstrap bound", name: "the pairs",
        got: "\(first.count) and \(second.count) numbers",
        expected: "equally many, at most 16777216")
    }
    guard first.count >= Self.fewestPairs else { return .infinity }
    let pairs = zip(first, second).map { SIMD2($0, $1) }
    // Centred, so that sums of squares keep their digits.
    let centre = pairs.reduce(.zero, +) / Double(pairs.count)
    let centred = pairs.map { $0 - centre }
    let observed = estimate(PairSums(centred), centre: centre)
    guard observed.error > 0 else { return observed.value }
    var generator = SplitMix(state: seed)
    var studentised = (0..<replicates).map { _ in
      let sample = estimate(PairSums(resampling: centred, with: &generator), centre: centre)
      let difference = sample.value - observed.value
      // A sample without spread: the sign alone is known of its statistic.
      return sample.error > 0
        ? difference / sample.error : difference == 0 ? 0 : difference * .infinity
    }
    studentised.sort()
    let rank = Int(Double(replicates + 1) * (1 - confidence))
    return observed.value - studentised[max(0, rank - 1)] * observed.error
  }

  private func estimate(
    _ sums: PairSums, centre: SIMD2<Double>
  ) -> (value: Double, error: Double) {
    let count = sums.count
    let shift = sums.sum / count
    let mean = centre + shift
    let weights: SIMD2<Double>
    let value: Double
    switch statistic {
    case .differenceOfMeans: (value, weights) = (mean.y - mean.x, SIMD2(-1, 1))
    case .differenceOfExponentials:
      weights = SIMD2(-exp(mean.x), exp(mean.y))
      value = weights.y + weights.x
    }
    let squares = sums.squares - shift * shift * count
    let product = sums.product - shift.x * shift.y * count
    let variance =
      (weights.x * weights.x * squares.x + weights.y * weights.y * squares.y
        + 2 * weights.x * weights.y * product) / (count - 1)
    // Rounding error of a variance that is zero.
    let floor = 1e-14 * (weights * weights * (sums.squares + SIMD2(repeating: 1e-300))).sum()
    return (value, variance > floor / (count - 1) ? (variance / count).squareRoot() : 0)
  }
}

/// Sums over pairs, from which means, variances and the covariance follow.
private struct PairSums {
  private(set) var count = 0.0
  private(set) var sum = SIMD2<Double>.zero
  private(set) var squares = SIMD2<Double>.zero
  private(set) var product = 0.0

  init(_ pairs: [SIMD2<Double>]) {
    for pair in pairs { add(pair) }
  }

  init(resampling pairs: [SIMD2<Double>], with generator: inout SplitMix) {
    pairs.withUnsafeBufferPointer { pairs in
      let size = UInt64(pairs.count)
      for _ in 0..<pairs.count { add(pairs[Int(((generator.next() >> 32) &* size) >> 32)]) }
    }
  }

  @inline(__always) private mutating func add(_ pair: SIMD2<Double>) {
    count += 1
    sum += pair
    squares += pair * pair
    product += pair.x * pair.y
  }
}

/// SplitMix64 generator.
///
/// - Source: Steele, Lea & Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
private struct SplitMix {
  var state: UInt64

  @inline(__always) mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
