/// Order of weights by magnitude.
enum MagnitudeOrder {
  /// Indices by descending `|w|`, equal magnitudes by ascending index.
  ///
  /// Complement of the magnitude's bits and index are packed into one integer, so that plain
  /// integers are sorted.
  static func descending(_ weights: [Float]) -> [Int] {
    precondition(
      weights.count <= Int(UInt32.max), "\(weights.count) weights do not fit 32-bit indices")
    var keys = [UInt64]()
    keys.reserveCapacity(weights.count)
    for (index, weight) in weights.enumerated() {
      keys.append(UInt64(~weight.magnitude.bitPattern) << 32 | UInt64(index))
    }
    keys.sort()
    return keys.map { Int($0 & 0xFFFF_FFFF) }
  }
}
