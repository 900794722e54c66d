package import PruneCore

/// Scores standardised to mean 0 and standard deviation 1 over the kept weights, and blended with those of earlier
/// passes: `z = r z' + (1 − r) (s − mean) / sd`.
///
/// Selecting by `z` in place of `s` damps oscillations between weights that can replace each other.
package struct BlendedScores: Hashable, Sendable {
  /// Blended scores `z`, `[layers][weights]`; 0 where pruned.
  package let values: [[Float]]
  /// Retention `r`, the part of `z` in the next pass's blend, `0 ..< 1`.
  package let retention: Double
  /// Standardised scores of this pass, `[layers][weights]`.
  private let standardized: [[Float]]
  /// Part of ``standardized`` in the blend, `1 − r`, or 1 without an earlier pass.
  private let share: Float
  private let deviation: Double
  private let count: Int

  /// Scores of a first pass, standardised.
  ///
  /// - Parameters:
  ///   - scores: scores, `[layers][weights]`.
  ///   - masks: masks of the network; pruned weights are left out.
  ///   - retention: part of this blend in the next one, `0 ..< 1`.
  package init(_ scores: [[Float]], masks: [Mask?], retention: Double) {
    self.init(scores, masks: masks, retention: retention, earlier: nil)
  }

  /// Scores of a later pass, blended with those of the pass before by that one's ``retention``.
  package init(_ scores: [[Float]], masks: [Mask?], earlier: BlendedScores) {
    self.init(scores, masks: masks, retention: earlier.retention, earlier: earlier.values)
  }

  private init(
    _ scores: [[Float]], masks: [Mask?], retention: Double, earlier: [[Float]]?
  ) {
    precondition((0..<1).contains(retention), "retention is \(retention), expected 0 ..< 1")
    self.retention = retention
    var (count, sum, squares) = (0, 0.0, 0.0)
    for (layer, mask) in zip(scores, masks) {
      for (index, score) in layer.enumerated() where mask?.kept[index] ?? true {
        count += 1
        sum += Double(score)
        squares += Double(score) * Double(score)
      }
    }
    let mean = sum / Double(max(count, 1))
    let deviation = max(squares / Double(max(count, 1)) - mean * mean, 1e-12).squareRoot()
    self.count = count
    self.deviation = deviation
    let (offset, factor) = (Float(mean), Float(1 / deviation))
    let standardized = zip(scores, masks).map { layer, mask in
      guard let kept = mask?.kept else { return layer.map { ($0 - offset) * factor } }
      return zip(layer, kept).map { $1 ? ($0 - offset) * factor : 0 }
    }
    self.standardized = standardized
    guard let earlier else {
      share = 1
      values = standardized
      return
    }
    let (kept, share) = (Float(retention), Float(1 - retention))
    self.share = share
    values = zip(earlier, standardized).map { old, new in
      zip(old, new).map { kept * $0 + share * $1 }
    }
  }

  /// ∂L/∂s from ∂L/∂z, both `[layers][weights]`, through mean and standard deviation as well.
  package func scoreGradients(_ gradients: [[Float]]) -> [[Float]] {
    var (sum, alignment) = (0.0, 0.0)
    for (layer, scores) in zip(gradients, standardized) {
      for (gradient, score) in zip(layer, scores) {
        sum += Double(gradient)
        alignment += Double(gradient) * Double(score)
      }
    }
    let mean = Float(sum / Double(max(count, 1)))
    let shrink = Float(alignment / Double(max(count, 1)))
    let factor = share / Float(deviation)
    return zip(gradients, standardized).map { layer, scores in
      zip(layer, scores).map { factor * ($0 - mean - shrink * $1) }
    }
  }
}
