public import PruneCore

/// Turns scores into masks.
///
/// Removed connections stay removed. No layer empties: its best unit (of equal ones the first)
/// stays, whatever the others score, and the rest of the network gives way for it. Equal scores
/// keep the earlier layer, then the lower index, so runs repeat exactly.
public struct Selection: Sendable {
  /// Selects the highest scores.
  ///
  /// The number kept is `density` times the number of all connections, rounded, or what is left
  /// where that is less. With `.element` it is exact. With larger units the best ones are kept for
  /// as long as the next still fits, so at most that many connections stay. `.nm` fixes the density
  /// by its pattern (along input channels) and ignores the one given.
  ///
  /// - Parameters:
  ///   - density: share of all connections to keep, above 0, at most 1.
  ///   - scores: per layer, higher = keep; `[connections]` in stored order, or one per unit
  ///     (`[outputs]` for `.channel`). Connection scores of a larger unit are averaged over its
  ///     kept connections. ±∞ is allowed.
  ///   - current: per layer; empty or `nil` where nothing is removed. Scores of removed connections
  ///     are not looked at.
  ///   - scope: `.network` ranks all layers together, `.layer` brings each to the same
  ///     density.
  ///   - untouched: parameter names of layers that lose nothing more; they count towards the
  ///     density.
  /// - Returns: one mask per layer, by parameter name.
  /// - Throws: ``SelectionError``; NaN scores are refused.
  /// - Complexity: O(*connections*) for `.element` and `.nm`.
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
