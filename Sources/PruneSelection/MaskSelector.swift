package import PruneCore

/// Turns the scores of a network, as it is when asked, into masks.
///
/// There are four ways: ``OneShotSelector`` ranks once, ``IterativeSelector`` ranks in passes, ``GradualSelector`` ranks
/// again and again while the network trains, ``StructuredSelector`` ranks whole units. ``SelectorChoice`` says which is
/// used when.
package protocol MaskSelector {
  /// - Parameter density: share to keep, above 0, at most 1: of all prunable weights, or of the cost where whole units are
  ///   cut out or weights differ in cost.
  /// - Throws: `SelectionError`, engine errors.
  func select(keeping density: Double) throws -> SelectedMasks
}

/// Masks, and who decided them.
package struct SelectedMasks {
  /// Masks of all prunable layers.
  package let masks: MaskSet
  /// The score whose order the masks follow.
  package let selectedBy: SelectionSource
  /// Gradients taken over a sample beyond the statistics; 0 where ranked once.
  package var gradientEvaluations = 0
  /// What adapting θ to the network did; `nil` where θ stayed as it was.
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
