import PruneCore
import PruneFeatures
import PruneSurgery

/// Connections of all layers ranked together by a predictor's scores.
enum ElementRanking {
  /// Exactly `density` of all connections; no layer empties, and what is removed stays removed.
  ///
  /// - Parameter granularity: larger units are ranked by the mean score of their connections, which keeps
  ///   at most that many.
  static func masks(
    keeping density: Double, scores: [[Float]], of network: NetworkState,
    granularity: Granularity = .element
  ) throws -> MaskSet {
    try Selection.masks(
      keeping: density, scores: scores, layers: network.layers, current: network.masks,
      comparability: .network, granularity: granularity)
  }
}
