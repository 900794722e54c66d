package import PruneSurgery

/// Units that are to go, chosen best value first, with no axis left empty.
package struct UnitRemoval {
  let groups: [CouplingGroup]
  let branches: [ResidualBranch]
  private let requirements: [[Int]]
  /// Positions in ``requirements`` by unit.
  private let requirementsOf: [Int: [Int]]
  package private(set) var removed: Set<Int>
  private var left: [Int]

  package init(_ analysis: CouplingAnalysis, removed: Set<Int> = []) {
    groups = analysis.groups
    branches = analysis.branches
    requirements = analysis.required
    self.removed = removed
    var requirementsOf: [Int: [Int]] = [:]
    for (position, units) in requirements.enumerated() {
      for unit in units { requirementsOf[unit, default: []].append(position) }
    }
    self.requirementsOf = requirementsOf
    left = requirements.map { units in units.count { !removed.contains($0) } }
  }

  /// Whether the unit is there and every axis that it lies on keeps another.
  package func canRemove(_ unit: Int) -> Bool {
    !removed.contains(unit) && (requirementsOf[unit] ?? []).allSatisfy { left[$0] > 1 }
  }

  package mutating func remove(_ unit: Int) {
    removed.insert(unit)
    for position in requirementsOf[unit] ?? [] { left[position] -= 1 }
  }

  /// Whether anything of the branch is there and every axis outside of it keeps a unit.
  package func canRemove(_ branch: ResidualBranch) -> Bool {
    let units = Set(branch.units)
    guard !units.isSubset(of: removed) else { return false }
    return Set(units.flatMap { requirementsOf[$0] ?? [] }).allSatisfy { position in
      requirements[position].allSatisfy(units.contains)
        || requirements[position].contains { !removed.contains($0) && !units.contains($0) }
    }
  }

  package mutating func remove(_ branch: ResidualBranch) {
    for unit in branch.units where !removed.contains(unit) { remove(unit) }
  }

  /// Units that are gone with all others of a branch.
  var inRemovedBranches: Set<Int> {
    Set(branches.lazy.map(\.units).filter { $0.allSatisfy(removed.contains) }.joined())
  }

  func removedCount(of group: CouplingGroup) -> Int {
    group.units.count { removed.contains($0.id) }
  }

  package mutating func putBack(_ unit: Int) {
    removed.remove(unit)
    for position in requirementsOf[unit] ?? [] { left[position] += 1 }
  }

  /// Removes the lowest scores of every group, the same share of each, until at most `target`
  /// of every cost is left.
  mutating func removeEvenly(
    downTo target: Double, scores: [Int: Double], among allowed: Set<Int>, cost: StructuralCost,
    alignment: UnitAlignment = UnitAlignment(multiple: 1)
  ) {
    let start = self
    var (low, high) = (0.0, 1.0)
    var best = start
    for _ in 0..<12 {
      let share = (low + high) / 2
      var candidate = start
      for group in groups {
        let ranked = group.units.map(\.id).sorted {
          (scores[$0] ?? 0, $0) < (scores[$1] ?? 0, $1)
        }
        let kept = ranked.count - Int((share * Double(ranked.count)).rounded())
        let wanted =
          kept == ranked.count ? 0 : ranked.count - alignment.level(upTo: kept)
        var count = candidate.removedCount(of: group)
        for unit in ranked where count < wanted {
          guard allowed.contains(unit), candidate.canRemove(unit) else { continue }
          candidate.remove(unit)
          count += 1
        }
      }
      if cost.value(removing: candidate.removed) <= target {
        best = candidate
        high = share
      } else {
        low = share
        if best.removed == start.removed { best = candidate }
      }
    }
    self = best
  }
}
