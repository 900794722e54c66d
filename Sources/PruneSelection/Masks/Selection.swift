public import PruneCore

/// Turns scores into masks.
///
/// Pruned weights are not regrown. No layer is emptied: its best unit (the first of equal ones) is kept
/// whatever the scores of others, and others are pruned in exchange. Ties keep the earlier layer, then
/// the lower index, so runs repeat exactly.
public struct Selection: Sendable {
  /// Selects the highest scores.
  ///
  /// The number kept is `density` times the number of all weights, rounded, or the number of current
  /// ones where that is less. With `.element` it is exact. With larger units the best ones are kept for
  /// as long as the next one fits, so at most that many weights are kept. `.nm` fixes the density by its
  /// pattern (along input channels) and ignores the one given.
  ///
  /// - Parameters:
  ///   - density: share of all weights to keep, above 0, at most 1.
  ///   - scores: scores per layer, higher = keep; `[weights]` in stored order, or one per unit
  ///     (`[outputs]` for `.channel`). A larger unit has the mean score of its kept weights. ±∞ is
  ///     allowed.
  ///   - layers: layers to select in.
  ///   - current: current masks per layer; empty or `nil` where nothing is pruned. Scores of pruned
  ///     weights are not read.
  ///   - scope: `.global` compares scores of all layers, `.layerwise` brings each layer to the same
  ///     density.
  ///   - granularity: unit of pruning.
  ///   - untouched: parameter names of layers that are not pruned further; they count towards the
  ///     density.
  /// - Returns: one mask per layer, by parameter name.
  /// - Throws: ``SelectionError``; NaN scores are refused.
  /// - Complexity: O(*weights*) for `.element` and `.nm`.
  public static func masks(
    keeping density: Double, scores: [[Float]], layers: [PrunableLayer], current: [Mask?] = [],
    scope: RankingScope = .global, granularity: Granularity = .element,
    untouched: Set<String> = []
  ) throws(SelectionError) -> MaskSet {
    guard density > 0, density <= 1 else { throw .densityOutOfRange(density) }
    let current = current.isEmpty ? [Mask?](repeating: nil, count: layers.count) : current
    precondition(
      scores.count == layers.count && current.count == layers.count,
      "\(layers.count) layers, but \(scores.count) scores and \(current.count) masks")
    let free = layers.indices.filter { !untouched.contains(layers[$0].parameter) }
    let selected: [Mask]
    if case .nm(let pattern) = granularity {
      selected = try PatternSelection(pattern, layers: layers, current: current)
        .masks(scores: scores, free: Set(free))
    } else {
      let quotas = LayerQuotas(layers: layers, current: current, free: free)
      let groups = quotas.groups(keeping: density, scope: scope)
      selected =
        if granularity == .element {
          try ElementSelection(layers: layers, current: current).masks(
            scores: scores, groups: groups)
        } else {
          try UnitSelection(layers: layers, current: current, granularity: granularity)
            .masks(scores: scores, groups: groups)
        }
    }
    return MaskSet(
      Dictionary(
        zip(layers.map(\.parameter), selected), uniquingKeysWith: { first, _ in first }))
  }
}

extension Selection {
  /// Selects the highest scores like ``masks(keeping:scores:layers:current:scope:granularity:untouched:)``, as
  /// many as a share of the cost of all weights allows.
  ///
  /// Scores are used as they are; the caller divides them by costs where that is wanted.
  ///
  /// - Parameters:
  ///   - share: share of the cost of all weights, above 0, at most 1.
  ///   - costs: cost of one weight of each layer, ≥ 0.
  ///   - scores: scores per layer, higher = keep.
  ///   - layers: layers to select in.
  ///   - current: current masks per layer; empty or `nil` where nothing is pruned.
  ///   - scope: scope of the comparison of scores.
  ///   - granularity: unit of pruning.
  ///   - untouched: parameter names of layers that are not pruned further.
  /// - Returns: one mask per layer, by parameter name.
  /// - Throws: ``SelectionError/tooFew(asked:needed:layer:)`` where one weight per layer costs more.
  /// - Complexity: O(*weights* · log *weights*) for `.element`.
  public static func masks(
    keepingCost share: Double, of costs: [Double], scores: [[Float]], layers: [PrunableLayer],
    current: [Mask?] = [], scope: RankingScope = .global,
    granularity: Granularity = .element, untouched: Set<String> = []
  ) throws(SelectionError) -> MaskSet {
    guard share > 0, share <= 1 else { throw .densityOutOfRange(share) }
    precondition(costs.count == layers.count, "\(layers.count) layers, but \(costs.count) costs")
    let weightCount = layers.reduce(0) { $0 + $1.count }
    let limit =
      share * zip(layers, costs).reduce(0) { $0 + Double($1.0.count) * $1.1 } * (1 + 1e-9)
    var (fewest, most) = (1, weightCount)
    var best: MaskSet?
    var failure = SelectionError.tooFew(asked: 0, needed: layers.count, layer: "")
    while fewest <= most {
      let count = fewest + (most - fewest) / 2
      do throws(SelectionError) {
        let masks = try masks(
          keeping: Double(count) / Double(weightCount), scores: scores, layers: layers,
          current: current, scope: scope, granularity: granularity,
          untouched: untouched)
        let cost = zip(layers, costs).reduce(0) { sum, entry in
          sum + Double(masks[entry.0.parameter]?.keptCount ?? entry.0.count) * entry.1
        }
        if cost <= limit {
          best = masks
          fewest = count + 1
        } else {
          most = count - 1
        }
      } catch {
        guard case .tooFew = error else { throw error }
        failure = error
        fewest = count + 1
      }
    }
    guard let best else { throw failure }
    return best
  }
}

/// Layers whose scores are compared, with the number of weights to keep in all of them.
struct SelectionGroup: Equatable {
  var layers: [Int]
  var keptCount: Int
}

/// Distributes the number of weights to keep among groups of layers.
struct LayerQuotas {
  private let counts: [Int]
  /// Currently kept weights per layer.
  private let left: [Int]
  private let free: [Int]

  /// - Parameter free: positions of the layers that may be pruned.
  init(layers: [PrunableLayer], current: [Mask?], free: [Int]) {
    counts = layers.map(\.count)
    left = layers.indices.map { current[$0]?.keptCount ?? layers[$0].count }
    self.free = free
  }

  /// One group for the scope `.global`, one per free layer for `.layerwise`.
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

  /// `budget` in proportion to the layers' sizes, by the largest-remainder method; of equal remainders
  /// the first is rounded up.
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
