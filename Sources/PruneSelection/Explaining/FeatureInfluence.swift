/// How far one feature set the connections that stayed apart from those that went.
public struct FeatureInfluence: Hashable, Sendable, Codable {
  /// Name in ``FeatureRegistry``.
  public let feature: String
  /// Mean of the feature's part of the score θᵀφ(f) over connections kept, less that over connections removed. The
  /// separations of all features add up to that of the score.
  public let separation: Double
}
