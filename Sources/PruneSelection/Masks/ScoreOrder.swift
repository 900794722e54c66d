/// Total order of scores as unsigned integers above 0: a larger score has a larger key; −0 and 0
/// share one.
package enum ScoreOrder {
  @inline(__always) package static func key(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }

  /// Whether the key is that of a NaN, which lies beyond the infinities.
  @inline(__always) package static func isNotANumber(_ key: UInt32) -> Bool {
    key > 0xFF80_0000 || key < 0x007F_FFFF
  }
}
