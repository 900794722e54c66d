import Foundation
import PruneCore

/// Certification plan: the candidates to test on the certification part, from the densest to the sparsest, where testing ends
/// at the first failure. A candidate that may fail is tested only for what it gains over the one before.
///
/// Of all sequences that begin with the densest candidate, the plan has the greatest expected value of the last one that
/// passes; the value is the logarithm of the compression ratio. Passes are taken as independent.
enum CertificationPlan {
  /// - Parameters:
  ///   - densities: densities of the candidates, falling, in `0 ... 1`, at least one.
  ///   - passProbabilities: probability that each candidate passes its own test.
  /// - Returns: positions of the candidates to test, ascending, the first of them 0.
  static func positions(densities: [Double], passProbabilities: [Double]) -> [Int] {
    let values = densities.map { -log(max($0, Double.leastNormalMagnitude)) }
    // Expected gain beyond a candidate that has passed, and the candidate to test next for it.
    var gains = [Double](repeating: 0, count: values.count)
    var next = [Int?](repeating: nil, count: values.count)
    for position in values.indices.reversed() {
      for later in (position + 1)..<max(position + 1, values.count) {
        let gain = passProbabilities[later] * (values[later] - values[position] + gains[later])
        if gain > gains[position] { (gains[position], next[position]) = (gain, later) }
      }
    }
    return Array(sequence(first: 0) { next[$0] })
  }
}

/// Hypotheses tested one after another, each with a share of the error probability; a rejected hypothesis hands its share on
/// to the next one.
///
/// With the whole share on the first test this is fixed-sequence testing, which ends at the first failure. With shares
/// reserved for later tests a failure at the start does not end it. Whatever the shares and however the tests depend on each
/// other, the probability of rejecting any true hypothesis is at most the error probability, if the order and the shares do
/// not depend on the data of the tests.
///
/// - Source: Wiens, *A fixed sequence Bonferroni procedure for testing multiple endpoints*, Pharmaceutical Statistics 2,
///   2003; Wiens & Dmitrienko, *The fallback procedure for evaluating a single family of hypotheses*, Journal of
///   Biopharmaceutical Statistics 15, 2005.
struct FallbackSequence {
  /// Shares of the error probability, one per test; they sum to 1.
  let shares: [Double]

  /// - Parameters:
  ///   - count: number of tests, at least 1.
  ///   - firstShare: share of the first test, in `0 ... 1`; the others divide the rest evenly.
  init(count: Int, firstShare: Double) {
    precondition(
      count >= 1 && (0...1).contains(firstShare), "\(count) tests, the first with \(firstShare)")
    let rest = count > 1 ? (1 - firstShare) / Double(count - 1) : 0
    shares = [count > 1 ? firstShare : 1] + [Double](repeating: rest, count: count - 1)
  }

  /// Runs the tests in turn, as long as one can still be rejected.
  ///
  /// - Parameters:
  ///   - errorProbability: error probability of the whole sequence.
  ///   - rejects: runs the test at a position with an error probability; returns whether it rejects.
  /// - Returns: positions of the rejected hypotheses, ascending.
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
