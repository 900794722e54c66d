/// What a smaller network is to save.
public enum CostObjective: String, Hashable, Sendable, Codable, CaseIterable {
  /// Stored weights.
  case parameters
  /// Multiply–accumulates per example, as a dense runtime does them.
  case macs
  /// Bytes of the stored weights.
  case bytes
  /// Wall time per example on this machine, by a model fitted to a few measured shapes.
  case latency
  /// The units themselves, kind by kind: of heads, of neurons, of channels and of hidden units the same share goes.
  case units
}
