package import PruneCore

/// Selector of masks for the current network.
///
/// ``OneShotSelector`` scores weights once, ``IterativeSelector`` in passes, ``GradualSelector`` repeatedly while the
/// network trains; ``StructuredSelector`` scores whole units, and ``RegrowthSelector`` regrows weights.
/// ``SelectorChoice`` says which is used when.
package protocol MaskSelector {
  /// Selects masks.
  ///
  /// - Parameter density: share to keep, above 0, at most 1: of all prunable weights, or of the cost where whole units
  ///   are pruned or weights differ in cost.
  /// - Throws: `SelectionError`, engine errors.
  func select(keeping density: Double) throws -> SelectedMasks
}

/// Masks with the source of the scores that decided them.
package struct SelectedMasks {
  /// Masks of all prunable layers.
  package let masks: MaskSet
  /// Source of the scores.
  package let selectedBy: SelectionSource
  /// Number of gradients over a sample, beyond the statistics; 0 for one-shot selection.
  package var gradientEvaluations = 0
  /// Outcome of the adaptation of θ; `nil` where there was none.
  package var adaptation: AdaptationOutcome?

  package init(
    masks: MaskSet, selectedBy: SelectionSource, gradientEvaluations: Int = 0,
    adaptation: AdaptationOutcome? = nil
  ) {
    self.masks = masks
    self.selectedBy = selectedBy
    self.gradientEvaluations = gradientEvaluations
    self.adaptation = adaptation
  }
}
