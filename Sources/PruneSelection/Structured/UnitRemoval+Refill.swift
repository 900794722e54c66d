import PruneSurgery

extension UnitRemoval {
  /// Puts bundles back, the highest scores first, while at most the goal of every cost is left: the
  /// last bundle that went may have been far larger than what was missing.
  ///
  /// - Parameter gone: units that stay gone.
  mutating func refill(
    choosing choice: RemovalChoice, alignment: UnitAlignment, except gone: Set<Int>
  ) {
    while true {
      var best: (score: Double, removal: UnitRemoval)?
      for group in groups {
        let units = returning(to: group, choice, alignment, except: gone)
        if units.isEmpty { continue }
        var candidate = self
        for unit in units { candidate.putBack(unit) }
        let shares = choice.cost.shares(removing: candidate.removed)
        guard choice.cost.excess(of: shares, over: choice.goal) <= 0 else { continue }
        let score = units.reduce(0) { $0 + (choice.scores[$1] ?? 0) }
        if score > best?.score ?? 0 { best = (score, candidate) }
      }
      guard let best else { return }
      self = best.removal
    }
  }

  /// The removed units with the highest scores that bring a group to the next level; none where there
  /// are not as many, or where other groups would have to come back as well.
  private func returning(
    to group: CouplingGroup, _ choice: RemovalChoice, _ alignment: UnitAlignment,
    except gone: Set<Int>
  ) -> [Int] {
    let all = group.units.map(\.id)
    let left = all.count - removedCount(of: group)
    let away = all.filter { removed.contains($0) && !gone.contains($0) }
      .sorted { (choice.scores[$1] ?? 0, $0) < (choice.scores[$0] ?? 0, $1) }
    let isAlone = branches.allSatisfy { branch in
      !branch.units.contains { all.contains($0) } || branch.units.allSatisfy(all.contains)
    }
    if left == 0, !isAlone { return [] }
    let wanted = min(all.count, alignment.level(above: left)) - left
    return wanted > 0 && wanted <= away.count ? Array(away.prefix(wanted)) : []
  }
}
