import Foundation

/// What a tree is grown to raise.
enum SplitCriterion: Hashable, Sendable {
  /// Log-likelihood of labels in 0 … 1 under each leaf's own rate (entropy splits).
  case likelihood
  /// Minus the squared error of any targets around each leaf's own mean, up to a constant.
  case squaredError

  /// Worth of rows in one leaf.
  ///
  /// - Parameters:
  ///   - sum: `Σ w y`.
  ///   - weight: `Σ w`.
  @inline(__always) func worth(sum: Double, weight: Double) -> Double {
    switch self {
    case .likelihood:
      guard sum > 0, sum < weight else { return 0 }
      let rate = sum / weight
      return sum * log(rate) + (weight - sum) * log(1 - rate)
    case .squaredError: return weight > 0 ? sum * sum / weight : 0
    }
  }

  /// Whether rows can gain by being split.
  func isMixed(sum: Double, weight: Double) -> Bool {
    switch self {
    case .likelihood: sum > 0 && sum < weight
    case .squaredError: weight > 0
    }
  }
}
