/// Natural logarithms in a form that compilers turn into vector code.
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
