import PruneSurgery

/// Brings every cost close below its goal after whole units went: some come back, in exchange for others or for none.
///
/// Units are coarse, and taking them in the order of their scores overshoots: with the last one where each is a
/// large part of the network, and with all but the slowest of several costs. Moves are tried with many units of a
/// group at once, then with fewer, as long as one brings the costs closer together.
struct BudgetRepair {
  let target: Double
  /// By unit id, higher = keep.
  let scores: [Int: Double]
  /// Units that stay gone.
  let gone: Set<Int>
  let cost: StructuralCost

  /// Units of one group that come back or go, with what that does to the costs.
  private struct Step {
    let units: [Int]
    let change: [Double]
  }

  func settle(_ removal: inout UnitRemoval, among units: [CoupledUnit]) {
    let allowed = Set(units.map(\.id)).subtracting(gone)
    guard excess(removal) <= Self.rounding else { return }
    var divisor = 8
    var moves = 0
    while gap(removal) > Self.tolerance, moves < Self.mostMoves {
      moves += 1
      if let next = bestMove(from: removal, among: allowed, divisor: divisor) {
        removal = next
      } else if removal.largestGroup / divisor > 1 {
        divisor *= 4
      } else {
        return
      }
    }
  }

  /// The removal after the move that leaves the smallest gap, if one leaves a smaller gap than there is.
  private func bestMove(
    from removal: UnitRemoval, among allowed: Set<Int>, divisor: Int
  ) -> UnitRemoval? {
    let current = cost.shares(removing: removal.removed)
    let returns = removal.returns(among: allowed, scores: scores, divisor: divisor)
      .map { step(of: $0, current, removal.removed.subtracting($0)) }
    let goings = removal.goings(among: allowed, scores: scores, divisor: divisor)
      .map { step(of: $0, current, removal.removed.union($0)) }
    var candidates: [(gap: Double, back: Step, forth: Step?)] = []
    for back in returns {
      for forth in [nil] + goings.map(Optional.some) {
        let change = zip(back.change, forth?.change ?? []).map(+)
        let shares = zip(current, forth == nil ? back.change : change).map(+)
        guard cost.excess(of: shares, over: target) <= Self.rounding else { continue }
        candidates.append((gap(shares), back, forth))
      }
    }
    candidates.sort { $0.gap < $1.gap }
    let before = gap(current)
    for candidate in candidates.prefix(Self.verified) where candidate.gap < before * Self.worthwhile
    {
      var next = removal
      for unit in candidate.back.units { next.putBack(unit) }
      for unit in candidate.forth?.units ?? [] where next.canRemove(unit) { next.remove(unit) }
      // What two steps change together is not quite the sum of what each does.
      if excess(next) <= Self.rounding, gap(next) < before * Self.worthwhile { return next }
    }
    return nil
  }

  private func step(of units: [Int], _ current: [Double], _ removed: Set<Int>) -> Step {
    Step(units: units, change: zip(cost.shares(removing: removed), current).map { $0 - $1 })
  }

  private func gap(_ removal: UnitRemoval) -> Double {
    gap(cost.shares(removing: removal.removed))
  }

  private func gap(_ shares: [Double]) -> Double {
    shares.reduce(0) { $0 + max(0, target - $1) } / max(target, .leastNormalMagnitude)
  }

  private func excess(_ removal: UnitRemoval) -> Double {
    cost.excess(of: cost.shares(removing: removal.removed), over: target)
  }

  /// Share of the goal that may be missed.
  private static var tolerance: Double { 0.01 }
  private static var worthwhile: Double { 0.98 }
  private static var rounding: Double { 1e-9 }
  private static var mostMoves: Int { 48 }
  private static var verified: Int { 4 }
}

extension UnitRemoval {
  var largestGroup: Int { groups.map(\.units.count).max() ?? 0 }

  /// Of every group, removed units with the highest scores.
  fileprivate func returns(
    among allowed: Set<Int>, scores: [Int: Double], divisor: Int
  ) -> [[Int]] {
    groups.compactMap { group in
      let units = group.units.map(\.id).filter { removed.contains($0) && allowed.contains($0) }
        .sorted { (scores[$1] ?? 0, $0) < (scores[$0] ?? 0, $1) }
      let chosen = Array(units.prefix(max(1, group.units.count / divisor)))
      return chosen.isEmpty ? nil : chosen
    }
  }

  /// Of every group, units with the lowest scores, as many as may go together.
  fileprivate func goings(
    among allowed: Set<Int>, scores: [Int: Double], divisor: Int
  ) -> [[Int]] {
    groups.compactMap { group in
      var trial = self
      let units = group.units.map(\.id).filter { allowed.contains($0) && canRemove($0) }
        .sorted { (scores[$0] ?? 0, $0) < (scores[$1] ?? 0, $1) }
      var chosen: [Int] = []
      for unit in units.prefix(max(1, group.units.count / divisor)) where trial.canRemove(unit) {
        trial.remove(unit)
        chosen.append(unit)
      }
      return chosen.isEmpty ? nil : chosen
    }
  }
}
