import Foundation

extension SeededGenerator {
  /// Standard normal.
  ///
  /// - Source: Box & Muller, *A Note on the Generation of Random Normal Deviates*, 1958.
  public mutating func normal() -> Double {
    // 1 − u keeps the logarithm finite.
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
