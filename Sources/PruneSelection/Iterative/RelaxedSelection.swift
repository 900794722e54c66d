import Foundation
package import PruneCore

/// Differentiable selection: weight `i` has the soft mask `mᵢ = σ((sᵢ/d − τ) / T)`.
///
/// `d` is the standard deviation of the scores, so that the temperature has the same meaning for every θ and a small θ
/// does not soften the selection. `τ` makes the soft mask sum to the number of weights to keep. Both depend on all
/// scores, which ``scoreGradients(_:)`` accounts for.
package struct RelaxedSelection {
  /// Soft mask, `[layers][weights]`, 0 … 1; 0 where pruned before.
  package let softMask: [[Float]]
  /// Threshold `τ`, in standard deviations of the scores.
  let threshold: Double
  private let deviation: Double
  private let mean: Double
  private let temperature: Double
  private let scores: [[Float]]
  private let masks: [Mask?]
  /// Number of weights that are not pruned.
  private let aliveCount: Int

  /// - Parameters:
  ///   - scores: scores, `[layers][weights]`.
  ///   - masks: masks of the network; pruned weights are not regrown.
  ///   - keptCount: sum of the soft mask, from 0 to the number of weights that are not pruned.
  ///   - temperature: temperature `T` > 0, in standard deviations of the scores.
  package init(scores: [[Float]], masks: [Mask?], keptCount: Double, temperature: Double) {
    var (count, sum, squares) = (0, 0.0, 0.0)
    Self.forEachAlive(scores, masks) { score in
      count += 1
      sum += Double(score)
      squares += Double(score) * Double(score)
    }
    let mean = sum / Double(max(count, 1))
    let variance = squares / Double(max(count, 1)) - mean * mean
    let deviation = max(variance, 1e-12).squareRoot()
    aliveCount = count
    self.mean = mean
    self.deviation = deviation
    self.scores = scores
    self.masks = masks
    self.temperature = temperature
    threshold = Self.solve(
      scores, masks, keptCount: min(keptCount, Double(count) * (1 - 1e-6)), mean: mean,
      deviation: deviation, temperature: temperature)
    let slope = Float(1 / (deviation * temperature))
    let offset = Float(mean / deviation / temperature + threshold / temperature)
    softMask = zip(scores, masks).map { layer, mask in
      guard let kept = mask?.kept else { return layer.map { Self.sigmoid($0 * slope - offset) } }
      return zip(layer, kept).map { $1 ? Self.sigmoid($0 * slope - offset) : 0 }
    }
  }

  /// ∂L/∂s from ∂L/∂m, both `[layers][weights]`.
  package func scoreGradients(_ maskGradients: [[Float]]) -> [[Float]] {
    var (slopeSum, pullSum) = (0.0, 0.0)
    forEachWeight(maskGradients) { soft, _, gradient in
      let slope = Double(soft) * (1 - Double(soft))
      slopeSum += slope
      pullSum += slope * Double(gradient)
    }
    let average = slopeSum > 0 ? pullSum / slopeSum : 0
    var alignment = 0.0
    forEachWeight(maskGradients) { soft, score, gradient in
      let slope = Double(soft) * (1 - Double(soft))
      alignment += slope * (Double(gradient) - average) * (Double(score) - mean) / deviation
    }
    let factor = Float(1 / (temperature * deviation))
    let shrink = Float(alignment / Double(max(aliveCount, 1)) / deviation / temperature)
    let (average32, mean32) = (Float(average), Float(mean))
    let inverse = Float(1 / deviation)
    return softMask.indices.map { layer in
      let kept = masks[layer]?.kept
      return softMask[layer].indices.map { index in
        if kept?[index] == false { return 0 }
        let soft = softMask[layer][index]
        let direct = soft * (1 - soft) * (maskGradients[layer][index] - average32) * factor
        return direct - shrink * (scores[layer][index] - mean32) * inverse
      }
    }
  }

  private func forEachWeight(
    _ gradients: [[Float]], _ body: (_ soft: Float, _ score: Float, _ gradient: Float) -> Void
  ) {
    for layer in softMask.indices {
      let kept = masks[layer]?.kept
      for index in softMask[layer].indices where kept?[index] ?? true {
        body(softMask[layer][index], scores[layer][index], gradients[layer][index])
      }
    }
  }

  private static func forEachAlive(
    _ scores: [[Float]], _ masks: [Mask?], _ body: (Float) -> Void
  ) {
    for (layer, mask) in zip(scores, masks) {
      guard let kept = mask?.kept else {
        for score in layer { body(score) }
        continue
      }
      for (score, isKept) in zip(layer, kept) where isKept { body(score) }
    }
  }

  /// Threshold τ as the root of the decreasing function Σσ((s/d − τ)/T) − kept, by Newton's method with bisection as
  /// the fallback.
  private static func solve(
    _ scores: [[Float]], _ masks: [Mask?], keptCount: Double, mean: Double, deviation: Double,
    temperature: Double
  ) -> Double {
    var standardized: [Float] = []
    forEachAlive(scores, masks) { standardized.append(Float((Double($0) - mean) / deviation)) }
    let margin = 40 * temperature
    var lower = Double(standardized.min() ?? 0) - margin
    var upper = Double(standardized.max() ?? 0) + margin
    var threshold = 0.0
    let slope = Float(1 / temperature)
    for _ in 0..<80 {
      let offset = Float(threshold / temperature)
      var (sum, derivative) = (0.0, 0.0)
      for value in standardized {
        let soft = Double(sigmoid(value * slope - offset))
        sum += soft
        derivative += soft * (1 - soft)
      }
      let excess = sum - keptCount
      if excess.magnitude <= 1e-9 * max(1, keptCount) { break }
      if excess > 0 { lower = threshold } else { upper = threshold }
      let newton = threshold + excess * temperature / max(derivative, 1e-30)
      let next = newton > lower && newton < upper ? newton : (lower + upper) / 2
      if (next - threshold).magnitude <= 1e-12 * max(1, threshold.magnitude) { break }
      threshold = next
    }
    return threshold
  }

  @inline(__always) private static func sigmoid(_ x: Float) -> Float {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let decay = exp(x)
    return decay / (1 + decay)
  }
}

/// Selection of the highest scores of all layers together, as pruning makes it.
package enum HardSelection {
  /// Mask of the `keptCount` highest scores; ties keep the earlier layer, then the lower index.
  ///
  /// - Returns: 1 where kept, 0 elsewhere, `[layers][weights]`.
  package static func softMask(scores: [[Float]], masks: [Mask?], keptCount: Int) -> [[Float]] {
    var alive: [Float] = []
    for (layer, mask) in zip(scores, masks) {
      for (index, score) in layer.enumerated() where mask?.kept[index] ?? true {
        alive.append(score)
      }
    }
    guard keptCount < alive.count else {
      return zip(scores, masks).map { layer, mask in
        layer.indices.map { mask?.kept[$0] ?? true ? 1 : 0 }
      }
    }
    alive.sort(by: >)
    let threshold = keptCount > 0 ? alive[keptCount - 1] : .infinity
    var ties = keptCount - alive.prefix(keptCount).count { $0 > threshold }
    return zip(scores, masks).map { layer, mask in
      layer.indices.map { index in
        guard mask?.kept[index] ?? true else { return 0 }
        if layer[index] > threshold { return 1 }
        guard layer[index] == threshold, ties > 0 else { return 0 }
        ties -= 1
        return 1
      }
    }
  }
}
