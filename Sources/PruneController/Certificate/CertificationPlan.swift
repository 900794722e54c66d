import Foundation

/// Which of several networks, from the densest to the sparsest, to test on the certify part where testing ends at the first
/// failure: a network that may fail is only worth its test for what it adds to the one before.
///
/// Of all sequences that begin with the densest one, the one with the greatest expected value of the last network that
/// passes, the value of a network being the logarithm of its compression. Passes are taken as independent.
enum CertificationPlan {
  /// - Parameters:
  ///   - densities: falling, in `0 ... 1`, at least one.
  ///   - passProbabilities: of each network's own test.
  /// - Returns: positions, ascending, the first of them 0.
  static func positions(densities: [Double], passProbabilities: [Double]) -> [Int] {
    let values = densities.map { -log(max($0, Double.leastNormalMagnitude)) }
    // What can be won beyond a network that has passed, and the one to test next for it.
    var gains = [Double](repeating: 0, count: values.count)
    var next = [Int?](repeating: nil, count: values.count)
    for position in values.indices.reversed() {
      for later in (position + 1)..<max(position + 1, values.count) {
        let gain = passProbabilities[later] * (values[later] - values[position] + gains[later])
        if gain > gains[position] { (gains[position], next[position]) = (gain, later) }
      }
    }
    return Array(sequence(first: 0) { next[$0] })
  }
}
