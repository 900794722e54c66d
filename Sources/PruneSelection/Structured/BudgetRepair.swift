import PruneSurgery

/// Budget repair: brings every cost close below its target after whole units were pruned, by regrowing units, in
/// exchange for others or for none.
///
/// Units are coarse, and pruning them in the order of their scores overshoots: with the last one where each is a large
/// part of the network, and with all but the slowest of several costs. Moves of many units of a group are tried first,
/// then of fewer, as long as one brings the costs closer to the target.
struct BudgetRepair {
  /// Share of every dense cost to end at, at most.
  let target: Double
  /// Scores by unit id, higher = keep.
  let scores: [Int: Double]
  /// Ids of pruned units that may not be regrown.
  let locked: Set<Int>
  let cost: StructuralCost

  /// Units of one group to regrow or prune, with the change of each cost's share.
  private struct Step {
    let units: [Int]
    let change: [Double]
  }

  /// Repairs a removal that is within the budget; leaves others unchanged.
  ///
  /// - Parameter units: units that may be regrown or pruned.
  func settle(_ removal: inout UnitRemoval, among units: [CoupledUnit]) {
    let allowed = Set(units.map(\.id)).subtracting(locked)
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

  /// Removal after the move with the smallest gap; `nil` where no move makes the gap smaller.
  private func bestMove(
    from removal: UnitRemoval, among allowed: Set<Int>, divisor: Int
  ) -> UnitRemoval? {
    let current = cost.shares(removing: removal.removed)
    let regrowths = removal.regrowths(among: allowed, scores: scores, divisor: divisor)
      .map { step(of: $0, current, removal.removed.subtracting($0)) }
    let prunings = removal.prunings(among: allowed, scores: scores, divisor: divisor)
      .map { step(of: $0, current, removal.removed.union($0)) }
    var candidates: [(gap: Double, regrowth: Step, pruning: Step?)] = []
    for regrowth in regrowths {
      for pruning in [nil] + prunings.map(Optional.some) {
        let change = zip(regrowth.change, pruning?.change ?? []).map(+)
        let shares = zip(current, pruning == nil ? regrowth.change : change).map(+)
        guard cost.excess(of: shares, over: target) <= Self.rounding else { continue }
        candidates.append((gap(shares), regrowth, pruning))
      }
    }
    candidates.sort { $0.gap < $1.gap }
    let before = gap(current)
    for candidate in candidates.prefix(Self.verified) where candidate.gap < before * Self.gapRatio {
      var next = removal
      for unit in candidate.regrowth.units { next.regrow(unit) }
      for unit in candidate.pruning?.units ?? [] where next.canRemove(unit) { next.remove(unit) }
      // The change by two steps together differs slightly from the sum of theirs.
      if excess(next) <= Self.rounding, gap(next) < before * Self.gapRatio { return next }
    }
    return nil
  }

  /// Step of some units, given the units removed after it.
  private func step(of units: [Int], _ current: [Double], _ removed: Set<Int>) -> Step {
    Step(units: units, change: zip(cost.shares(removing: removed), current).map { $0 - $1 })
  }

  /// Sum over the costs of how far each is below the target, as shares of the target.
  private func gap(_ removal: UnitRemoval) -> Double {
    gap(cost.shares(removing: removal.removed))
  }

  private func gap(_ shares: [Double]) -> Double {
    shares.reduce(0) { $0 + max(0, target - $1) } / max(target, .leastNormalMagnitude)
  }

  private func excess(_ removal: UnitRemoval) -> Double {
    cost.excess(of: cost.shares(removing: removal.removed), over: target)
  }

  /// Gap at which the repair ends, as a share of the target; chosen by hand.
  private static var tolerance: Double { 0.01 }
  /// Largest ratio of a move's gap to the current one; chosen by hand.
  private static var gapRatio: Double { 0.98 }
  /// Excess of a share that counts as rounding; chosen by hand.
  private static var rounding: Double { 1e-9 }
  /// Largest number of moves; chosen by hand.
  private static var mostMoves: Int { 48 }
  /// Number of candidate moves whose costs are computed exactly; chosen by hand.
  private static var verified: Int { 4 }
}

extension UnitRemoval {
  /// Number of units of the largest group.
  var largestGroup: Int { groups.map(\.units.count).max() ?? 0 }

  /// Removed units with the highest scores, up to `1 / divisor` of each group, by group.
  fileprivate func regrowths(
    among allowed: Set<Int>, scores: [Int: Double], divisor: Int
  ) -> [[Int]] {
    groups.compactMap { group in
      let units = group.units.map(\.id).filter { removed.contains($0) && allowed.contains($0) }
        .sorted { (scores[$1] ?? 0, $0) < (scores[$0] ?? 0, $1) }
      let chosen = Array(units.prefix(max(1, group.units.count / divisor)))
      return chosen.isEmpty ? nil : chosen
    }
  }

  /// Units with the lowest scores that can be pruned together, up to `1 / divisor` of each group, by group.
  fileprivate func prunings(
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

extension UnitRemoval {
  /// Regrows bundles of units, the highest scores first, as long as every cost is within its goal: the last pruned
  /// bundle may have been far larger than needed.
  ///
  /// - Parameter locked: ids of pruned units that may not be regrown.
  mutating func refill(
    choosing choice: RemovalChoice, alignment: UnitAlignment, except locked: Set<Int>
  ) {
    while true {
      var best: (score: Double, removal: UnitRemoval)?
      for group in groups {
        let units = regrowable(to: group, choice, alignment, except: locked)
        if units.isEmpty { continue }
        var candidate = self
        for unit in units { candidate.regrow(unit) }
        let shares = choice.cost.shares(removing: candidate.removed)
        guard choice.cost.excess(of: shares, over: choice.goal) <= 0 else { continue }
        let score = units.reduce(0) { $0 + (choice.scores[$1] ?? 0) }
        if score > best?.score ?? 0 { best = (score, candidate) }
      }
      guard let best else { return }
      self = best.removal
    }
  }

  /// Removed units with the highest scores that bring a group to the next level of the alignment; empty where there are
  /// too few, or where other groups would have to be regrown as well.
  private func regrowable(
    to group: CouplingGroup, _ choice: RemovalChoice, _ alignment: UnitAlignment,
    except locked: Set<Int>
  ) -> [Int] {
    let all = group.units.map(\.id)
    let left = all.count - removedCount(of: group)
    let pruned = all.filter { removed.contains($0) && !locked.contains($0) }
      .sorted { (choice.scores[$1] ?? 0, $0) < (choice.scores[$0] ?? 0, $1) }
    let isAlone = branches.allSatisfy { branch in
      !branch.units.contains { all.contains($0) } || branch.units.allSatisfy(all.contains)
    }
    if left == 0, !isAlone { return [] }
    let wanted = min(all.count, alignment.level(above: left)) - left
    return wanted > 0 && wanted <= pruned.count ? Array(pruned.prefix(wanted)) : []
  }
}
