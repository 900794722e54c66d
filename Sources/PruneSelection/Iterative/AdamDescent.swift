/// Adam optimizer for the parameters of predictors and scores, in double precision.
///
/// - Source: Kingma & Ba, *Adam*, 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), algorithm 1, with a
///   second moment that forgets faster (0.99), since there are only a few hundred steps.
package struct AdamDescent: Hashable, Sendable {
  private var mean: [Double]
  private var square: [Double]
  private var meanShare = 1.0
  private var squareShare = 1.0

  package init(parameterCount: Int) {
    mean = [Double](repeating: 0, count: parameterCount)
    square = mean
  }

  /// Takes one step against `gradient`; skips a gradient that is not finite everywhere.
  ///
  /// - Parameters:
  ///   - gradient: `[parameters]`.
  ///   - rate: approximate largest change of a parameter.
  package mutating func step(_ parameters: inout [Double], gradient: [Double], rate: Double) {
    precondition(
      parameters.count == mean.count && gradient.count == mean.count,
      "\(parameters.count) parameters and \(gradient.count) slopes, expected \(mean.count)")
    guard gradient.allSatisfy(\.isFinite) else { return }
    meanShare *= Self.meanRetention
    squareShare *= Self.squareRetention
    for index in gradient.indices {
      let slope = gradient[index]
      mean[index] = Self.meanRetention * mean[index] + (1 - Self.meanRetention) * slope
      square[index] =
        Self.squareRetention * square[index] + (1 - Self.squareRetention) * slope * slope
      let size = (square[index] / (1 - squareShare)).squareRoot() + 1e-8
      parameters[index] -= rate * mean[index] / (1 - meanShare) / size
    }
  }

  /// β₁ of the paper.
  private static var meanRetention: Double { 0.9 }
  /// β₂, chosen by hand.
  private static var squareRetention: Double { 0.99 }
}
