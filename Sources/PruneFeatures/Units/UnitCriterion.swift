/// A hand-made score of whole units that no score of weights adds up to.
public enum UnitCriterion: String, Hashable, Sendable, CaseIterable {
  /// Second-order loss of closing the unit's gate; see `GateSaliency`.
  case gate
  /// Scale of the batch normalisations behind the unit.
  case normalizationScale = "bn-scale"
}
