package import PruneCore

/// Selects again and again while the network trains, always within the weights that are left.
///
/// - Source: gradual pruning as in Zhu & Gupta, *To prune, or not to prune*, 2017,
///   [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
package struct GradualSelector<E: Engine>: MaskSelector {
  private let criterion: PruningCriterion
  private let isCostly: Bool
  private let makeSelector: () throws -> any MaskSelector

  /// - Parameters:
  ///   - criterion: the score that decides.
  ///   - isCostly: whether every selection takes gradients or statistics, beside those that the criterion asks for.
  ///   - makeSelector: a selector by that criterion for the network as it is at the call.
  init(
    by criterion: PruningCriterion, isCostly: Bool,
    _ makeSelector: @escaping () throws -> any MaskSelector
  ) {
    self.criterion = criterion
    self.isCostly = isCostly
    self.makeSelector = makeSelector
  }

  /// The score that decides, known before it is asked.
  package var selectedBy: SelectionSource { criterion.source }

  /// Optimizer steps between two prunings: more where every pruning needs statistics over examples.
  package func interval(stepsPerEpoch: Int) throws -> Int {
    let isCostly = try self.isCostly || !criterion.requiredStatistics().isEmpty
    return max(1, stepsPerEpoch / (isCostly ? Self.costlyPruningsPerEpoch : Self.pruningsPerEpoch))
  }

  package func select(keeping density: Double) throws -> SelectedMasks {
    try makeSelector().select(keeping: density)
  }

  /// Prunings per epoch by scores of weights and optimizer state alone; chosen by hand.
  private static var pruningsPerEpoch: Int { 16 }
  /// Prunings per epoch where each takes statistics over examples; chosen by hand.
  private static var costlyPruningsPerEpoch: Int { 4 }
}
