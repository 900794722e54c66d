import Foundation

/// The logistic loss of a block of rows, four at a time.
enum LogisticLoss {
  private typealias Lanes = SIMD4<Double>

  /// Replaces scores `s` by weighted residuals `w (σ(s) − y)`.
  ///
  /// - Parameter weights: as many as labels, or none where every row counts once.
  /// - Returns: `Σ w (ln(1 + eˢ) − y s)`.
  static func residuals(
    _ scores: UnsafeMutableBufferPointer<Double>, labels: UnsafeBufferPointer<Float>,
    weights: UnsafeBufferPointer<Float>
  ) -> Double {
    var sum = Lanes.zero
    // Decays lie in 0 … 1, so that the product of 1 + decay over a block of up to 2,048 rows is finite and one
    // logarithm does for all of them.
    var product = Lanes.one
    var loss = 0.0
    var row = 0
    while row &+ 4 <= labels.count {
      let score = Lanes(scores[row], scores[row &+ 1], scores[row &+ 2], scores[row &+ 3])
      let label = load(labels, row)
      let magnitude = score.replacing(with: -score, where: score .< 0)
      let decay = exponential(-magnitude)
      let small = decay / (1 + decay)
      let probability = small.replacing(with: 1 - small, where: score .>= 0)
      var residual = probability - label
      let linear = score.replacing(with: 0, where: score .< 0) - score * label
      if weights.isEmpty {
        sum += linear
        product *= 1 + decay
      } else {
        let weight = load(weights, row)
        residual *= weight
        sum += weight * linear
        for lane in 0..<4 { loss += weight[lane] * log1p(decay[lane]) }
      }
      for lane in 0..<4 { scores[row &+ lane] = residual[lane] }
      row &+= 4
    }
    for lane in 0..<4 { loss += sum[lane] + log(product[lane]) }
    while row < labels.count {
      let (score, label) = (scores[row], Double(labels[row]))
      let weight = weights.isEmpty ? 1 : Double(weights[row])
      let decay = exp(-score.magnitude)
      let probability = score >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
      loss += weight * (max(score, 0) - score * label + log1p(decay))
      scores[row] = weight * (probability - label)
      row &+= 1
    }
    return loss
  }

  /// Longest block that ``residuals(_:labels:weights:)`` takes.
  static let longestBlock = 2048

  @inline(__always) private static func load(
    _ values: UnsafeBufferPointer<Float>, _ row: Int
  ) -> Lanes {
    Lanes(
      SIMD4<Float>(values[row], values[row &+ 1], values[row &+ 2], values[row &+ 3]))
  }

  /// `eˣ` for x ≤ 0 to about 2e-15 of the value; x below −700 counts as −700.
  ///
  /// `x = n ln 2 + r`, |r| ≤ ½ ln 2, the series of eʳ to r¹¹, and n added to the exponent.
  @inline(__always) private static func exponential(_ x: Lanes) -> Lanes {
    let clamped = x.replacing(with: -700, where: x .< -700)
    // Adding 1.5 · 2⁵² rounds to an integer and leaves it in the low bits.
    let rounder = Lanes(repeating: 0x1.8p52)
    let shifted = clamped * 1.442_695_040_888_963_4 + rounder
    let n = shifted - rounder
    let r = (clamped - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10
    var series = Lanes(repeating: 1 / 39_916_800)
    series = series * r + 1 / 3_628_800
    series = series * r + 1 / 362_880
    series = series * r + 1 / 40_320
    series = series * r + 1 / 5040
    series = series * r + 1 / 720
    series = series * r + 1 / 120
    series = series * r + 1 / 24
    series = series * r + 1 / 6
    series = series * r + 0.5
    series = series * r + 1
    series = series * r + 1
    let exponent = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< 52
    return unsafeBitCast(unsafeBitCast(series, to: SIMD4<UInt64>.self) &+ exponent, to: Lanes.self)
  }
}
