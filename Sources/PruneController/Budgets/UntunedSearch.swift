import Foundation
import PruneCore
import PruneSelection

/// Search for the sparsest network that holds with no training: bisects the logit of the sparsity of the dense network
/// pruned in one step.
struct UntunedSearch<E: Engine> {
  let run: PruningRun<E>
  let limit: SearchLimit
  /// Whether fine-tuning follows the search.
  let phase: PruningPhase

  /// - Parameters:
  ///   - sparsest: sparsity of a network that holds already; what is sparser is looked for.
  ///   - isFirstEnough: whether to end with the first network that holds.
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

  /// Where the predictor as it is misses the limit, its θ is adapted to the network for that very density.
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
