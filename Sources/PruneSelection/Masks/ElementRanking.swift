import Foundation
package import PruneCore
package import PruneFeatures
import PruneSurgery

/// Connections of all layers ranked together by a predictor's scores.
package enum ElementRanking {
  /// How scores relate to what the loss of a connection costs the network.
  package enum Scale {
    /// In proportion.
    case linear
    /// θᵀf, whose logistic function is the importance p̂; what is taken together is worth the mean of the odds p̂ / (1 − p̂)
    /// of its connections, since losses add up and their logarithms do not.
    case logOdds
  }

  /// Exactly `density` of all connections, or of their cost where the state knows of one; no layer empties, and what is
  /// removed stays removed. With costs it is importance per power of the cost that counts: with exponent 1 as in a
  /// knapsack, where scores are what the loss would rise by.
  ///
  /// - Parameters:
  ///   - scale: of the scores; without costs only their order counts.
  ///   - granularity: larger units are ranked by the mean over their connections, which keeps at most that many.
  package static func masks(
    keeping density: Double, scores: [[Float]], of network: NetworkState,
    scope: RankingScope = .global, granularity: Granularity = .element,
    untouched: Set<String> = [], scale: Scale = .linear
  ) throws -> MaskSet {
    if scale == .logOdds, granularity != .element, !granularity.isPattern {
      return try masks(
        keeping: density, scores: odds(scores), of: network, scope: scope,
        granularity: granularity, untouched: untouched)
    }
    guard let costs = network.weightCosts, scope == .global,
      !granularity.isPattern
    else {
      return try Selection.masks(
        keeping: density, scores: scores, layers: network.layers, current: network.masks,
        scope: scope, granularity: granularity, untouched: untouched)
    }
    return try Selection.masks(
      keepingCost: density, of: costs,
      scores: zip(scores, costs).map {
        perCost($0, pow(relative($1, to: costs), network.costExponent), scale)
      },
      layers: network.layers, current: network.masks, granularity: granularity,
      untouched: untouched)
  }

  /// In proportion to the odds, the largest of which is 1.
  private static func odds(_ scores: [[Float]]) -> [[Float]] {
    let top = scores.lazy.compactMap { $0.max() }.max() ?? 0
    return scores.map { $0.map { exp($0 - top) } }
  }

  private static func perCost(_ scores: [Float], _ cost: Double, _ scale: Scale) -> [Float] {
    switch scale {
    case .linear:
      let factor = Float(1 / cost)
      return scores.map { $0 * factor }
    case .logOdds:
      let shift = Float(log(cost))
      // log σ(z), whose terms cannot overflow.
      return scores.map { min($0, 0) - log1p(exp(-abs($0))) - shift }
    }
  }

  /// Free connections are kept before others.
  private static func relative(_ cost: Double, to costs: [Double]) -> Double {
    let largest = costs.max() ?? 1
    return max(cost / max(largest, .leastNormalMagnitude), 1e-6)
  }
}

extension Granularity {
  /// Whether the unit itself says how much stays.
  package var isPattern: Bool { if case .nm = self { true } else { false } }
}
