import Foundation
package import PruneCore
import PruneSelection
import PruneSurgery

/// Gives weights that are selected together one score, so that a relaxed selection of weights becomes one of blocks, kernels
/// or patterns, and pulls gradients back.
struct ScorePooling {
  private enum Layer {
    case single
    /// Unit of each weight, and number of weights of each unit.
    case units([Int], sizes: [Float])
    /// Pattern groups; the pattern says how many of the best weights of each are kept.
    case groups([[Int]], NMPattern)
  }

  private let layers: [Layer]

  /// - Throws: ``SelectionError/unsupported(_:)`` for granularities that cut whole units out.
  package init(_ granularity: Granularity, layers: [PrunableLayer]) throws {
    self.layers = try layers.map { layer in
      switch granularity {
      case .element: return .single
      case .nm(let pattern): return .groups(pattern.groups(of: layer), pattern)
      default:
        let partition = try UnitPartition(layer, granularity: granularity)
        let units = (0..<layer.count).map { partition.unit(of: $0) }
        var sizes = [Float](repeating: 0, count: partition.unitCount)
        for unit in units { sizes[unit] += 1 }
        return .units(units, sizes: sizes)
      }
    }
  }

  /// Pooled scores, `[layers][weights]`: for a unit the logarithm of its mean odds, by which selections order it; within a
  /// pattern's group, the score's distance above the border between kept and pruned weights.
  func pooled(_ scores: [[Float]]) -> [[Float]] {
    zip(layers, scores).map { layer, scores in
      switch layer {
      case .single: scores
      case .units(let units, let sizes):
        Self.shares(scores, units, sizes).map(\.logMean)
      case .groups(let groups, let pattern):
        Self.forEachBorder(groups, pattern, scores, of: scores) { group, border, values in
          let level = (scores[border.last] + scores[border.first]) / 2
          for index in group { values[index] -= level }
        }
      }
    }
  }

  /// Gradient by the scores, `[layers][weights]`, from the gradient by the pooled scores of ``pooled(_:)``.
  func pullback(_ gradients: [[Float]], at scores: [[Float]]) -> [[Float]] {
    zip(layers, zip(gradients, scores)).map { layer, pair in
      let (gradients, scores) = pair
      switch layer {
      case .single: return gradients
      case .units(let units, let sizes):
        var sums = [Float](repeating: 0, count: sizes.count)
        for (gradient, unit) in zip(gradients, units) { sums[unit] += gradient }
        return zip(units, Self.shares(scores, units, sizes)).map { sums[$0] * $1.share }
      case .groups(let groups, let pattern):
        return Self.forEachBorder(groups, pattern, scores, of: gradients) { group, border, values in
          let half = group.reduce(0) { $0 + gradients[$1] } / 2
          values[border.last] -= half
          values[border.first] -= half
        }
      }
    }
  }

  /// For every weight the logarithm of its unit's mean odds, and its share of their sum.
  private static func shares(
    _ scores: [Float], _ units: [Int], _ sizes: [Float]
  ) -> [(logMean: Float, share: Float)] {
    var tops = [Float](repeating: -.infinity, count: sizes.count)
    for (score, unit) in zip(scores, units) { tops[unit] = max(tops[unit], score) }
    var sums = [Float](repeating: 0, count: sizes.count)
    for (score, unit) in zip(scores, units) { sums[unit] += exp(score - tops[unit]) }
    return zip(scores, units).map { score, unit in
      (tops[unit] + log(sums[unit] / sizes[unit]), exp(score - tops[unit]) / sums[unit])
    }
  }

  /// Calls `body` for every group of which some weights are pruned.
  ///
  /// - Parameter body: given the group, its last kept and its first pruned weight, and the values to change.
  private static func forEachBorder(
    _ groups: [[Int]], _ pattern: NMPattern, _ scores: [Float], of values: [Float],
    _ body: (_ group: [Int], _ border: (last: Int, first: Int), _ values: inout [Float]) -> Void
  ) -> [Float] {
    var result = values
    for group in groups {
      let quota = pattern.quota(of: group.count)
      guard quota < group.count else { continue }
      let order = group.sorted { (scores[$1], $0) < (scores[$0], $1) }
      body(group, (order[quota - 1], order[quota]), &result)
    }
    return result
  }
}
