/// What is left of a layer's weights, for those who watch a run.
public struct LayerWeights: Hashable, Sendable {
  /// As ``PrunableLayer/name``.
  public let name: String
  /// In stored order, removed ones left out.
  public let left: [Float]
}
