import Foundation

/// A seeded random source with the same sequence on every platform (xoshiro256**, seeded by SplitMix64).
///
/// - Source: Blackman & Vigna, *Scrambled Linear Pseudorandom Number Generators*, 2021,
///   [arXiv:1805.01407](https://arxiv.org/abs/1805.01407).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// The sequence of a seed; any seed is as good as another, 0 included.
  public init(seed: UInt64) {
    var splitMix = seed
    func next() -> UInt64 {
      splitMix &+= 0x9E37_79B9_7F4A_7C15
      var z = splitMix
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
    state = (next(), next(), next(), next())
  }

  /// An independent stream for one purpose, so that adding a draw in one place moves no other.
  public init(seed: UInt64, stream: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    self.init(seed: seed ^ hash)
  }

  public mutating func next() -> UInt64 {
    func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
      value << count | value >> (64 - count)
    }
    let result = rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotate(state.3, 45)
    return result
  }

  /// Uniform in `0 ..< 1`.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Normally distributed number, mean 0 and standard deviation 1: the first of a pair.
  public mutating func normal() -> Double { normalPair().0 }

  /// Two independent normally distributed numbers with mean 0, from two uniform ones.
  ///
  /// - Source: Box & Muller, *A Note on the Generation of Random Normal Deviates*, 1958.
  package mutating func normalPair(standardDeviation: Double = 1) -> (Double, Double) {
    // 1 − u keeps the logarithm finite.
    let radius = standardDeviation * (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * .pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }
}
