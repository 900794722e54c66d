import Foundation
package import PruneCore
package import PruneFeatures
import PruneSurgery

/// Selection by a predictor's scores, which accounts for the scale of the scores and for the cost of weights.
package enum ElementRanking {
  /// Scale of scores: their relation to the rise of the loss when a weight is pruned.
  package enum Scale {
    /// Scores in proportion to the rise of the loss.
    case linear
    /// Scores θᵀf, whose logistic function is the importance p̂; a larger unit has the mean of the odds p̂ / (1 − p̂)
    /// of its weights, since losses add up and their logarithms do not.
    case logOdds
  }

  /// Masks that keep `density` of all weights, or of their cost where the network has weight costs. No layer is emptied
  /// and no pruned weight is regrown. With costs, weights are ordered by importance per power of their cost: with
  /// exponent 1 as in a knapsack problem, where scores are rises of the loss.
  ///
  /// - Parameters:
  ///   - density: share to keep, above 0, at most 1; exact for `.element` without costs, otherwise an upper bound.
  ///   - scores: scores, `[layers][weights]`, higher = keep.
  ///   - granularity: unit of pruning; larger units have the mean score of their weights.
  ///   - untouched: parameter names of layers that are not pruned further.
  ///   - scale: scale of the scores; without costs only their order matters for `.element`.
  /// - Throws: ``SelectionError``.
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

  /// Odds of the scores, divided by the largest.
  private static func odds(_ scores: [[Float]]) -> [[Float]] {
    let top = scores.lazy.compactMap { $0.max() }.max() ?? 0
    return scores.map { $0.map { exp($0 - top) } }
  }

  /// Scores per cost, on a scale of the same order.
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

  /// Cost of a weight over the largest cost, at least 1e-6 (chosen by hand), so that weights without cost are kept
  /// first.
  private static func relative(_ cost: Double, to costs: [Double]) -> Double {
    let largest = costs.max() ?? 1
    return max(cost / max(largest, .leastNormalMagnitude), 1e-6)
  }
}

extension Granularity {
  /// `true` for a pattern, which fixes the density by itself.
  package var isPattern: Bool { if case .nm = self { true } else { false } }
}
