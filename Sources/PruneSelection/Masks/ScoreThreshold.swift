/// Order-preserving keys of scores: unsigned integers above 0, a larger key for a larger score, one key for −0 and 0.
package enum ScoreOrder {
  /// Key of a score.
  @inline(__always) package static func key(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }

  /// `true` for the key of a NaN, which lies beyond those of the infinities.
  @inline(__always) package static func isNotANumber(_ key: UInt32) -> Bool {
    key > 0xFF80_0000 || key < 0x007F_FFFF
  }
}

/// Exact threshold of the `count` highest keys, found by counting in place of sorting.
///
/// Keys are counted by their upper 16 bits, then those of the deciding bin by their lower 16 bits: two passes, whatever
/// the distribution.
///
/// - Complexity: O(*n*), 512 KiB.
enum RadixThreshold {
  /// Threshold: keys above ``key`` are kept, and the first ``equalCount`` of those equal to it.
  struct Result: Equatable {
    var key: UInt32
    var equalCount: Int
  }

  /// Finds the threshold.
  ///
  /// - Parameters:
  ///   - count: number of keys to keep, from 0 to their number.
  ///   - forEachKey: calls its argument with every key; called twice, for the same keys.
  /// - Returns: `nil` where `count` is 0.
  @inline(__always) static func find(
    keeping count: Int, forEachKey: (_ visit: (UInt32) -> Void) -> Void
  ) -> Result? {
    guard count > 0 else { return nil }
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << 16) { counts in
      counts.initialize(repeating: 0)
      forEachKey { counts[Int($0 &>> 16)] &+= 1 }
      let (upper, beyond) = bin(of: counts, holding: count)
      counts.update(repeating: 0)
      forEachKey { if $0 &>> 16 == upper { counts[Int($0 & 0xFFFF)] &+= 1 } }
      let (lower, above) = bin(of: counts, holding: count - beyond)
      return Result(key: upper << 16 | lower, equalCount: count - beyond - above)
    }
  }

  /// Bin of the `count`-th highest key, and the number of keys in higher bins.
  private static func bin(
    of counts: UnsafeMutableBufferPointer<Int>, holding count: Int
  ) -> (bin: UInt32, beyond: Int) {
    var beyond = 0
    for bin in counts.indices.reversed() {
      if beyond + counts[bin] >= count { return (UInt32(bin), beyond) }
      beyond += counts[bin]
    }
    return (0, beyond)
  }
}
