import PruneCore

/// Layers that are ranked together, and how many of their connections stay.
struct SelectionGroup: Equatable {
  var layers: [Int]
  var keptCount: Int
}

/// Shares the connections to keep among groups of layers.
struct LayerQuotas {
  private let counts: [Int]
  private let left: [Int]
  private let free: [Int]

  /// - Parameter free: the layers that may lose connections.
  init(layers: [PrunableLayer], current: [Mask?], free: [Int]) {
    counts = layers.map(\.count)
    left = layers.indices.map { current[$0]?.keptCount ?? layers[$0].count }
    self.free = free
  }

  func groups(keeping density: Double, scope: RankingScope) -> [SelectionGroup] {
    let total = Int((density * Double(counts.reduce(0, +))).rounded())
    let fixed = left.reduce(0, +) - free.reduce(0) { $0 + left[$1] }
    let budget = max(0, total - fixed)
    switch scope {
    case .global:
      let available = free.reduce(0) { $0 + left[$1] }
      return [SelectionGroup(layers: free, keptCount: min(budget, available))]
    case .layerwise:
      return zip(free, shares(of: budget)).map { layer, share in
        SelectionGroup(
          layers: [layer], keptCount: min(max(share, min(1, left[layer])), left[layer]))
      }
    }
  }

  /// `budget` in proportion to the layers' sizes; what rounding leaves over goes to the largest
  /// remainders, of equal ones the first.
  private func shares(of budget: Int) -> [Int] {
    let total = free.reduce(0) { $0 + counts[$1] }
    guard total > 0 else { return free.map { _ in 0 } }
    let budget = min(budget, total)
    let divided = free.map { layer in
      let (high, low) = budget.multipliedFullWidth(by: counts[layer])
      return total.dividingFullWidth((high, low))
    }
    var shares = divided.map(\.quotient)
    let over = budget - shares.reduce(0, +)
    let byRemainder = shares.indices.sorted {
      (divided[$1].remainder, $0) < (divided[$0].remainder, $1)
    }
    for index in byRemainder.prefix(over) { shares[index] += 1 }
    return shares
  }
}
