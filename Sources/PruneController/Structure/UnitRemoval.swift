package import PruneSurgery

/// Units that are to go, chosen best value first, with no axis left empty.
package struct UnitRemoval {
  let groups: [CouplingGroup]
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

  mutating func putBack(_ unit: Int) {
    removed.remove(unit)
    for position in requirementsOf[unit] ?? [] { left[position] += 1 }
  }

  /// Removes units in rising order of score per saving until at most `target` of every cost is left.
  ///
  /// - Parameters:
  ///   - scores: by unit id; higher = keep.
  ///   - allowed: ids of the units that may go.
  mutating func remove(
    downTo target: Double, scores: [Int: Double], among allowed: Set<Int>, cost: StructuralCost
  ) {
    var excess = cost.excess(of: cost.shares(removing: removed), over: target)
    while excess > Self.rounding {
      let savings = cost.savings(after: removed, towards: target)
      var candidates: [(value: Double, saving: Double, unit: Int)] = []
      for (index, group) in groups.enumerated() where savings[index] > 0 {
        for unit in group.units where allowed.contains(unit.id) && canRemove(unit.id) {
          let score = scores[unit.id] ?? 0
          candidates.append((score / savings[index], savings[index], unit.id))
        }
      }
      candidates.sort { ($0.value, $0.unit) < ($1.value, $1.unit) }
      // What a unit saves falls as its neighbours go; the estimate is renewed after half the way.
      let checkpoint = excess / 2
      var estimate = excess
      var count = 0
      for candidate in candidates where canRemove(candidate.unit) {
        remove(candidate.unit)
        estimate -= candidate.saving
        count += 1
        if estimate <= checkpoint { break }
      }
      if count == 0 { return }
      excess = cost.excess(of: cost.shares(removing: removed), over: target)
    }
  }

  /// As ``remove(downTo:scores:among:cost:)``, in bundles that leave every group they touch at a level of the alignment.
  mutating func removeBundles(
    downTo target: Double, scores: [Int: Double], among allowed: Set<Int>, cost: StructuralCost,
    alignment: UnitAlignment
  ) {
    var excess = cost.excess(of: cost.shares(removing: removed), over: target)
    while excess > Self.rounding {
      var best: (value: Double, removal: UnitRemoval, excess: Double)?
      for group in groups {
        guard
          let candidate = removing(from: group, to: alignment, scores: scores, among: allowed)
        else { continue }
        // What a bundle saves beyond the target is worth nothing.
        let left = cost.excess(of: cost.shares(removing: candidate.removed), over: target)
        guard left < excess else { continue }
        let gone = candidate.removed.subtracting(removed)
        let value = gone.reduce(0) { $0 + (scores[$1] ?? 0) } / (excess - left)
        if value < best?.value ?? .infinity { best = (value, candidate, left) }
      }
      guard let best else { return }
      self = best.removal
      excess = best.excess
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

  private static var rounding: Double { 1e-12 }

  private func removedCount(of group: CouplingGroup) -> Int {
    group.units.count { removed.contains($0.id) }
  }
}
