import PruneCore
import PruneSupport

/// Natural logarithms in a form that the compiler can vectorise.
enum FastLogarithm {
  /// `ln x` for normal positive `x`, to about 2e-7 of max(1, |ln x|).
  ///
  /// Splits off the power of two so that the mantissa m lies in √½ ... √2 and sums the series of
  /// `ln m = 2 artanh s`, `s = (m − 1) / (m + 1)`; the first term left out is below 5e-10.
  @inline(__always) static func ln(_ x: Float) -> Float {
    let rootHalf: Int32 = 0x3F35_04F3
    let shifted = Int32(bitPattern: x.bitPattern) &- rootHalf
    let exponent = Float(shifted &>> 23)
    let mantissa = Float(bitPattern: UInt32(bitPattern: (shifted & 0x007F_FFFF) &+ rootHalf))
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    let series = 1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z / 9)))
    return exponent * 0.693_147_18 + 2 * s * series
  }

  /// `ln(p / (1 − p))` for `p` in 0 ..< 1, exclusive.
  @inline(__always) static func logit(_ p: Float) -> Float { ln(p) - ln(1 - p) }
}

/// The smallest argument that a feature's logarithm sees; smaller ones, zero included, are raised
/// to it.
struct LogFloor: Hashable, Sendable {
  let value: Float

  /// A tenth of the 1 % quantile of the positive values; `nil` where none is positive and finite,
  /// so that the feature says nothing.
  init?(of values: [Float]) {
    let positive = values.filter { $0 > 0 && $0.isFinite }.sorted()
    guard !positive.isEmpty else { return nil }
    value = max(positive[positive.count / 100] / 10, .leastNormalMagnitude)
  }

  @inline(__always) func ln(_ x: Float) -> Float { FastLogarithm.ln(x > value ? x : value) }

  func ln(_ values: [Float]) -> [Float] { [Float](count: values.count) { ln(values[$0]) } }
}

/// `sign(v) · ln(1 + |v| / c)`, `c` half the mean magnitude: nearly linear around 0, logarithmic far
/// from it.
struct SignedLogarithm {
  private let inverse: Float

  /// The function that is 0 everywhere.
  static let nothing = SignedLogarithm(inverse: 0)

  private init(inverse: Float) { self.inverse = inverse }

  /// - Parameters:
  ///   - values: `[layers][weights of the layer]`.
  ///   - count: number of weights that the mean is taken over.
  init(of values: [[Float]], count: Int) {
    let sum = values.reduce(0.0) { sum, layer in
      sum
        + ParallelChunks(count: layer.count, length: 1 << 18).map { range in
          layer[range].reduce(0.0) { $0 + Double($1.magnitude) }
        }.reduce(0, +)
    }
    let half = 0.5 * sum / Double(max(count, 1))
    inverse = half > 1e-30 ? Float(1 / half) : 0
  }

  @inline(__always) func callAsFunction(_ value: Float) -> Float {
    let magnitude = FastLogarithm.ln(1 + value.magnitude * inverse)
    return value < 0 ? -magnitude : magnitude
  }

  /// Writes the function of `values[range]`.
  func write(
    _ values: [Float], _ range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      for index in 0..<range.count { target[index] = self(values[range.lowerBound &+ index]) }
    }
  }
}
