import Foundation
import PruneCore
import PruneSelection

/// Search without fine-tuning for the sparsest network that keeps the limit: bisects the logit of the sparsity that the dense
/// network is pruned to.
struct UntunedSearch<E: Engine> {
  let run: PruningRun<E>
  let limit: SearchLimit
  /// Place of the search's prunings in the run: whether fine-tuning follows.
  let phase: PruningPhase

  /// Runs the bisection; the last accepted network is the current one afterwards.
  ///
  /// - Parameters:
  ///   - sparsest: sparsity of a network that keeps the limit already; only sparser ones are tried.
  ///   - isFirstEnough: `true` to end with the first network that keeps the limit.
  func search(beyond sparsest: Double? = nil, isFirstEnough: Bool = false) throws {
    let policy = run.policy
    let passes = isFirstEnough ? IterativeSettings.smallStep : IterativeSettings()
    let known = max(policy.leastSparsity, sparsest ?? 0)
    var passing = logit(known)
    var failing: Double?
    var candidate = known > policy.leastSparsity ? passing + 1 : logit(0.5)
    for _ in 0..<policy.untunedCandidates {
      if run.isOutOfTime { break }
      let since = run.wallSeconds
      try run.restoreDense()
      let before = run.density
      guard try run.pruneIfPossible(to: 1 - sigmoid(candidate), phase, passes: passes) else {
        failing = candidate
        candidate = (passing + candidate) / 2
        continue
      }
      if try run.judge(limit, from: before, epochs: 0, since: since) >= .holds
        || adaptsToLimit(density: 1 - sigmoid(candidate))
      {
        if isFirstEnough { break }
        passing = candidate
      } else {
        failing = candidate
      }
      candidate = failing.map { (passing + $0) / 2 } ?? candidate + 1
      if let failing, sigmoid(failing) - sigmoid(passing) < policy.sparsityResolution { break }
    }
    try run.rollBack()
  }

  /// Prunes to a density at which the limit was exceeded again, with θ adapted to the network.
  ///
  /// - Returns: whether that network keeps the limit; `false` where no adaptation is possible.
  private func adaptsToLimit(density: Double) throws -> Bool {
    guard let adaptation = run.adaptation(share: run.policy.adaptationShare, phase) else {
      return false
    }
    let since = run.wallSeconds
    try run.restoreDense()
    guard try run.pruneIfPossible(to: density, phase, adaptation: adaptation) else { return false }
    return try run.judge(limit, from: 1, epochs: 0, since: since) >= .holds
  }

  private func logit(_ value: Double) -> Double { log(value / (1 - value)) }
  private func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
}
