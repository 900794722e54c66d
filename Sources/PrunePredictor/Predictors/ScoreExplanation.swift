/// What each feature adds to one connection's score.
public struct ScoreExplanation: Hashable, Sendable {
  /// What one feature adds to the score.
  public struct Contribution: Hashable, Sendable, Codable {
    /// Name of the column.
    public var feature: String
    /// As in the feature table.
    public var value: Float
    /// Part of the score; products count with their first feature.
    public var contribution: Double
  }

  /// θᵀf, before calibration.
  public var score: Double
  /// p̂ = σ(score) after calibration, 0 … 1.
  public var importance: Double
  /// Part of the score that no feature accounts for.
  public var intercept: Double
  /// Largest magnitude first; with ``intercept`` they sum to ``score``.
  public var contributions: [Contribution]
  /// Conditions met from the root of a tree to its leaf; empty without a tree.
  public var path: [String]
}
