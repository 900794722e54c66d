/// The score that separates the highest `count` of a multiset from the rest, found by counting and
/// not by sorting.
///
/// Keys are counted by their upper 16 bits; those that share the deciding bin are counted by their
/// lower 16 bits. That is exact and takes two passes, whatever the distribution.
/// - Complexity: O(*n*), 512 KiB.
enum RadixThreshold {
  /// Highest keys to keep are above ``key``; of those equal to it, the first ``equalCount``.
  struct Result: Equatable {
    var key: UInt32
    var equalCount: Int
  }

  /// - Parameters:
  ///   - count: in `0 ... ` number of keys.
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

  /// The bin with the `count`-th highest key, and the number of keys in higher bins.
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
