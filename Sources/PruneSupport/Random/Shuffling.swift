extension Sequence {
  /// The elements in random order; see `Array.shuffle(by:)`.
  package func shuffled(by generator: inout SeededGenerator) -> [Element] {
    var result = Array(self)
    result.shuffle(by: &generator)
    return result
  }
}

extension Array {
  /// Puts the elements in random order, every order being equally likely (Fisher–Yates, first to last).
  ///
  /// Written out, so that the order of a seed does not depend on the version of the standard library; it is the order
  /// that `shuffle(using:)` of Swift 6 gives.
  ///
  /// - Source: Durstenfeld, *Algorithm 235: Random permutation*, 1964.
  /// - Complexity: O(*count*).
  package mutating func shuffle(by generator: inout SeededGenerator) {
    guard count > 1 else { return }
    for index in 0..<count - 1 { swapAt(index, index + generator.next(below: count - index)) }
  }
}

extension SeededGenerator {
  /// Uniform in `0 ..< bound`, `bound` ≥ 1, without bias.
  ///
  /// - Source: Lemire, *Fast Random Integer Generation in an Interval*, 2019,
  ///   [arXiv:1805.10941](https://arxiv.org/abs/1805.10941), algorithm 5.
  package mutating func next(below bound: Int) -> Int {
    precondition(bound >= 1, "bound is \(bound), expected ≥ 1")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let leastUnbiased = (0 &- bound) % bound
      while product.low < leastUnbiased { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}
