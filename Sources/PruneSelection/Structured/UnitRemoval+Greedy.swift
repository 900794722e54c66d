package import PruneSurgery

/// Candidates of a greedy removal, with scores and costs.
package struct RemovalChoice {
  /// Scores by unit id, and by the id of a branch's gate; higher = keep.
  let scores: [Int: Double]
  /// Ids of the units that may be pruned one by one.
  let units: Set<Int>
  /// Branches that may be pruned as a whole.
  let branches: [ResidualBranch]
  let cost: StructuralCost
  /// Share of every dense cost to end at.
  let goal: Double

  package init(
    scores: [Int: Double], units: Set<Int>, branches: [ResidualBranch], cost: StructuralCost,
    goal: Double
  ) {
    self.scores = scores
    self.units = units
    self.branches = branches
    self.cost = cost
    self.goal = goal
  }
}

extension UnitRemoval {
  /// Unit, or branch of units, to prune.
  private struct Candidate {
    let score: Double
    /// Share of the costs that it saves.
    let saving: Double
    /// Id of the unit or of the branch's gate; breaks ties.
    let order: Int
    /// Branch; `nil` for a single unit.
    let branch: ResidualBranch?

    var value: Double { score / saving }
  }

  /// Prunes units and branches in rising order of score per saving until every cost is at most
  /// `target`, or nothing more can be pruned.
  package mutating func remove(downTo target: Double, choosing choice: RemovalChoice) {
    var excess = choice.cost.excess(of: choice.cost.shares(removing: removed), over: target)
    while excess > Self.rounding {
      let candidates = candidates(choice).sorted { ($0.value, $0.order) < ($1.value, $1.order) }
      // Pruning a unit lowers the savings of its neighbours; they are computed anew after half the way.
      let checkpoint = excess / 2
      var estimate = excess
      var count = 0
      for candidate in candidates {
        if let branch = candidate.branch {
          guard canRemove(branch) else { continue }
          remove(branch)
        } else {
          guard canRemove(candidate.order) else { continue }
          remove(candidate.order)
        }
        estimate -= candidate.saving
        count += 1
        if estimate <= checkpoint { break }
      }
      if count == 0 { return }
      excess = choice.cost.excess(of: choice.cost.shares(removing: removed), over: target)
    }
  }

  /// Units and branches that can be pruned and save cost.
  private func candidates(_ choice: RemovalChoice) -> [Candidate] {
    let savings = choice.cost.savings(after: removed, towards: choice.goal)
    var candidates: [Candidate] = []
    for (index, group) in groups.enumerated() where savings[index] > 0 {
      for unit in group.units where choice.units.contains(unit.id) && canRemove(unit.id) {
        candidates.append(
          Candidate(
            score: choice.scores[unit.id] ?? 0, saving: savings[index], order: unit.id, branch: nil)
        )
      }
    }
    let current = choice.cost.shares(removing: removed)
    for branch in choice.branches where canRemove(branch) {
      let saving = choice.cost.saving(
        of: branch.units, after: removed, leaving: current, towards: choice.goal)
      if saving <= 0 { continue }
      candidates.append(
        Candidate(
          score: choice.scores[branch.gate.id] ?? 0, saving: saving, order: branch.gate.id,
          branch: branch))
    }
    return candidates
  }

  /// Prunes like ``remove(downTo:choosing:)``, in bundles of units that bring a group to a level of the
  /// alignment.
  ///
  /// The saving of a bundle is that of a runtime that fills channels up to the alignment; bundles that
  /// save it nothing are pruned last.
  mutating func removeBundles(
    downTo target: Double, choosing choice: RemovalChoice, alignment: UnitAlignment
  ) {
    func shares(_ removal: UnitRemoval) -> [Double] {
      choice.cost.shares(removing: removal.removed)
    }
    func filledShares(_ removal: UnitRemoval) -> [Double] {
      choice.cost.shares(removing: removal.removed, filledTo: alignment)
    }
    var left = shares(self)
    while choice.cost.excess(of: left, over: target) > Self.rounding {
      let filled = filledShares(self)
      var best: (isIdle: Int, value: Double, removal: UnitRemoval)?
      for (score, candidate) in bundles(choice, alignment) {
        let saving = zip(left, shares(candidate)).reduce(0) { sum, share in
          sum + min(max(0, share.0 - share.1), max(0, share.0 - choice.goal))
        }
        guard saving > 0 else { continue }
        let filledSaving = zip(filled, filledShares(candidate)).reduce(0) { $0 + $1.0 - $1.1 }
        let isIdle = filledSaving > Self.rounding ? 0 : 1
        // Savings beyond the goal do not count.
        let value = score / (isIdle == 0 ? min(saving, filledSaving) : saving)
        if best.map({ (isIdle, value) < ($0.isIdle, $0.value) }) ?? true {
          best = (isIdle, value, candidate)
        }
      }
      guard let best else { return }
      self = best.removal
      left = shares(self)
    }
  }

  /// Removals with one more bundle each, and the bundle's score.
  private func bundles(
    _ choice: RemovalChoice, _ alignment: UnitAlignment
  ) -> [(score: Double, removal: UnitRemoval)] {
    let fromGroups = groups.compactMap { group in
      removing(from: group, to: alignment, choice).map { candidate in
        let added = candidate.removed.subtracting(removed)
        return (added.reduce(0) { $0 + (choice.scores[$1] ?? 0) }, candidate)
      }
    }
    let whole = choice.branches.filter(canRemove).map { branch in
      var candidate = self
      candidate.remove(branch)
      return (choice.scores[branch.gate.id] ?? 0, candidate)
    }
    return fromGroups + whole
  }

  /// Removal with the lowest scores of one group added, down to the next level; `nil` where too few
  /// units can be pruned.
  private func removing(
    from group: CouplingGroup, to alignment: UnitAlignment, _ choice: RemovalChoice
  ) -> UnitRemoval? {
    let left = group.units.count - removedCount(of: group)
    guard left > 0 else { return nil }
    var wanted = left - alignment.level(below: left)
    guard wanted > 0, wanted < left else { return nil }
    var result = self
    for unit in group.units.map(\.id).filter(choice.units.contains).sorted(by: {
      (choice.scores[$0] ?? 0, $0) < (choice.scores[$1] ?? 0, $1)
    }) where wanted > 0 && result.canRemove(unit) {
      result.remove(unit)
      wanted -= 1
    }
    return wanted == 0 ? result : nil
  }

  /// Excess or saving of a share that counts as rounding; chosen by hand.
  private static var rounding: Double { 1e-12 }
}
