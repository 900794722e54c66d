import AutoPrune

/// Units with the smallest weights, the same share of every group, until the given MACs are left.
struct HalvedNetwork {
  private(set) var removed: Set<Int>
  private(set) var macs: Int

  init(_ model: StructuredModel, keeping share: Double) {
    let goal = Int(share * Double(model.macs(removing: [])))
    let ranked = Self.ranked(model)
    var (low, high) = (0.0, 1.0)
    for _ in 0..<12 {
      let middle = (low + high) / 2
      let removed = Self.lowest(middle, ranked, model.analysis)
      if model.macs(removing: removed) > goal { low = middle } else { high = middle }
    }
    var removed = Self.lowest(low, ranked, model.analysis)
    // Between two shares whole groups change by a unit each; those units go one by one.
    var next = Self.lowest(high, ranked, model.analysis).subtracting(removed).sorted()[...]
    var macs = model.macs(removing: removed)
    let step = max(1, next.count / 32)
    while macs > goal, !next.isEmpty {
      removed.formUnion(next.prefix(step))
      next = next.dropFirst(step)
      macs = model.macs(removing: removed)
    }
    self.removed = removed
    self.macs = macs
    approach(goal, model, ranked)
  }

  /// Small networks jump past the goal with their last unit; others come back while that gets closer to it.
  private mutating func approach(_ goal: Int, _ model: StructuredModel, _ ranked: [[Int]]) {
    var candidates: [Int] = []
    let longest = ranked.map(\.count).max() ?? 0
    for depth in (0..<longest).reversed() {
      for units in ranked where depth < units.count && removed.contains(units[depth]) {
        candidates.append(units[depth])
      }
    }
    for unit in candidates.prefix(512) where abs(macs - goal) * 50 > goal {
      let fewer = removed.subtracting([unit])
      let result = model.macs(removing: fewer)
      if abs(result - goal) < abs(macs - goal) { (removed, macs) = (fewer, result) }
    }
  }

  /// Per group, the mean magnitude of the weights that make a unit, lowest first.
  private static func ranked(_ model: StructuredModel) -> [[Int]] {
    let stored = model.graph.parameters()
    var magnitudes: [String: [Float]] = [:]
    return model.analysis.groups.map { group in
      let scores = group.units.map { unit -> (Int, Double) in
        var (sum, count) = (0.0, 0)
        for slice in unit.slices where !slice.isConsumed {
          let key = "\(slice.parameter)\u{0}\(slice.axis)"
          if magnitudes[key] == nil, let tensor = stored[slice.parameter] {
            magnitudes[key] = Self.magnitudes(of: tensor, along: slice.axis)
          }
          for index in slice.indices {
            sum += Double(magnitudes[key]?[index] ?? 0)
            count += 1
          }
        }
        return (unit.id, sum / Double(max(1, count)))
      }
      return scores.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    }
  }

  private static func magnitudes(of tensor: HostTensor, along axis: Int) -> [Float] {
    guard let values = tensor.floats else { return [] }
    let inner = tensor.shape[(axis + 1)...].reduce(1, *)
    let extent = tensor.shape[axis]
    var sums = [Float](repeating: 0, count: extent)
    for (index, value) in values.enumerated() {
      sums[index / inner % extent] += value.magnitude
    }
    return sums.map { $0 / Float(max(1, values.count / extent)) }
  }

  private static func lowest(
    _ share: Double, _ ranked: [[Int]], _ analysis: CouplingAnalysis
  ) -> Set<Int> {
    var removed: Set<Int> = []
    var rank: [Int: Int] = [:]
    for units in ranked {
      for (position, unit) in units.enumerated() { rank[unit] = position }
      removed.formUnion(units.prefix(Int(share * Double(units.count))))
    }
    for axis in analysis.required where axis.allSatisfy(removed.contains) {
      if let best = axis.max(by: { rank[$0, default: 0] < rank[$1, default: 0] }) {
        removed.remove(best)
      }
    }
    return removed
  }
}
