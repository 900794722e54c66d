package import PruneSurgery

/// Units that are to go, chosen best value first, with no axis left empty.
package struct UnitRemoval {
  private let groups: [CouplingGroup]
  private let requirements: [[Int]]
  /// Positions in ``requirements`` by unit.
  private let requirementsOf: [Int: [Int]]
  package private(set) var removed: Set<Int>
  private var left: [Int]

  package init(_ analysis: CouplingAnalysis, removed: Set<Int> = []) {
    groups = analysis.groups
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
  func canRemove(_ unit: Int) -> Bool {
    !removed.contains(unit) && (requirementsOf[unit] ?? []).allSatisfy { left[$0] > 1 }
  }

  mutating func remove(_ unit: Int) {
    removed.insert(unit)
    for position in requirementsOf[unit] ?? [] { left[position] -= 1 }
  }

  /// Removes units in rising order of score per saving until `cost` is at most `target`.
  ///
  /// - Parameters:
  ///   - scores: by unit id; higher = keep.
  ///   - allowed: ids of the units that may go.
  mutating func remove(
    downTo target: Double, scores: [Int: Double], among allowed: Set<Int>, cost: StructuralCost
  ) {
    var current = cost.value(removing: removed)
    while current > target {
      let savings = cost.savings(after: removed)
      var candidates: [(value: Double, saving: Double, unit: Int)] = []
      for (index, group) in groups.enumerated() where savings[index] > 0 {
        for unit in group.units where allowed.contains(unit.id) && canRemove(unit.id) {
          let score = scores[unit.id] ?? 0
          candidates.append((score / savings[index], savings[index], unit.id))
        }
      }
      candidates.sort { ($0.value, $0.unit) < ($1.value, $1.unit) }
      // What a unit saves falls as its neighbours go; the estimate is renewed after half the way.
      let checkpoint = (current + target) / 2
      var estimate = current
      var count = 0
      for candidate in candidates where canRemove(candidate.unit) {
        remove(candidate.unit)
        estimate -= candidate.saving
        count += 1
        if estimate <= checkpoint { break }
      }
      if count == 0 { return }
      current = cost.value(removing: removed)
    }
  }

  /// As ``remove(downTo:scores:among:cost:)``, in bundles that leave every group they touch at a level of the alignment.
  mutating func removeBundles(
    downTo target: Double, scores: [Int: Double], among allowed: Set<Int>, cost: StructuralCost,
    alignment: UnitAlignment
  ) {
    var current = cost.value(removing: removed)
    while current > target {
      var best: (value: Double, removal: UnitRemoval, cost: Double)?
      for group in groups {
        guard
          let candidate = removing(from: group, to: alignment, scores: scores, among: allowed)
        else { continue }
        let left = cost.value(removing: candidate.removed)
        guard left < current else { continue }
        let gone = candidate.removed.subtracting(removed)
        // What a bundle saves beyond the target is worth nothing.
        let value = gone.reduce(0) { $0 + (scores[$1] ?? 0) } / (current - max(left, target))
        if value < best?.value ?? .infinity { best = (value, candidate, left) }
      }
      guard let best else { return }
      self = best.removal
      current = best.cost
    }
  }

  /// With the lowest scores of one group gone, down to the next level; `nil` where not as many may go.
  private func removing(
    from group: CouplingGroup, to alignment: UnitAlignment, scores: [Int: Double],
    among allowed: Set<Int>
  ) -> UnitRemoval? {
    let left = group.units.count - removedCount(of: group)
    var wanted = left - alignment.level(below: left)
    guard wanted > 0, wanted < left else { return nil }
    var result = self
    for unit in group.units.map(\.id).filter(allowed.contains).sorted(by: {
      (scores[$0] ?? 0, $0) < (scores[$1] ?? 0, $1)
    }) where wanted > 0 && result.canRemove(unit) {
      result.remove(unit)
      wanted -= 1
    }
    return wanted == 0 ? result : nil
  }

  /// Removes the lowest scores of every group, the same share of each, until `cost` is at most `target`.
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
        for unit in ranked where candidate.removedCount(of: group) < wanted {
          if allowed.contains(unit), candidate.canRemove(unit) { candidate.remove(unit) }
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

  private func removedCount(of group: CouplingGroup) -> Int {
    group.units.count { removed.contains($0.id) }
  }
}
