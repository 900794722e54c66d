import PruneCore

/// Hypotheses tested one after another, each with its own share of the error probability; what is rejected hands its share
/// on to the next one.
///
/// With the whole share on the first test this is fixed-sequence testing, which ends at the first failure. With shares left
/// for later tests a failure at the start does not end it. Whatever the shares and however the tests depend on each other,
/// the probability of rejecting any true hypothesis is at most the error probability, if the order and the shares do not
/// depend on the data of the tests.
///
/// - Source: Wiens, *A fixed sequence Bonferroni procedure for testing multiple endpoints*, Pharmaceutical Statistics 2,
///   2003; Wiens & Dmitrienko, *The fallback procedure for evaluating a single family of hypotheses*, Journal of
///   Biopharmaceutical Statistics 15, 2005.
struct FallbackSequence {
  /// Of the error probability, one per test; they sum to 1.
  let shares: [Double]

  /// - Parameters:
  ///   - count: of tests, at least 1.
  ///   - firstShare: what the first one gets, in `0 ... 1`; the others divide the rest evenly.
  init(count: Int, firstShare: Double) {
    precondition(
      count >= 1 && (0...1).contains(firstShare), "\(count) tests, the first with \(firstShare)")
    let rest = count > 1 ? (1 - firstShare) / Double(count - 1) : 0
    shares = [count > 1 ? firstShare : 1] + [Double](repeating: rest, count: count - 1)
  }

  /// Runs the tests in turn, as long as one can still be rejected.
  ///
  /// - Parameter rejects: given a test's position and its error probability; whether it rejects.
  /// - Returns: positions of the rejected ones, ascending.
  func rejected(
    errorProbability: Double, rejects: (Int, Double) throws -> Bool
  ) rethrows -> [Int] {
    var result: [Int] = []
    var carried = 0.0
    for (position, share) in shares.enumerated() {
      let level = carried + share * errorProbability
      guard level > 0 else { continue }
      let isRejected = try rejects(position, min(level, errorProbability))
      if isRejected { result.append(position) }
      carried = isRejected ? level : 0
    }
    return result
  }
}
