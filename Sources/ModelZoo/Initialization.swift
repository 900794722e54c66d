internal import PruneSupport

/// Initialization of weights.
enum Initialization {
  case zeros
  case ones
  /// He et al.'s rule: N(0, 2 / fanIn).
  ///
  /// - Source: He et al., *Delving Deep into Rectifiers*, 2015,
  ///   [arXiv:1502.01852](https://arxiv.org/abs/1502.01852), equation 10.
  case he(fanIn: Int)
  /// Glorot & Bengio's rule, Gaussian: N(0, 2 / (fanIn + fanOut)).
  ///
  /// - Source: Glorot & Bengio, *Understanding the difficulty of training deep feedforward neural networks*,
  ///   2010, equation 12; drawn from a Gaussian as Frankle & Carbin, 2019,
  ///   [arXiv:1803.03635](https://arxiv.org/abs/1803.03635), do.
  case glorot(fanIn: Int, fanOut: Int)
  /// Glorot & Bengio's rule, uniform: U(−√(6 / (fanIn + fanOut)), +…), equation 16.
  case glorotUniform(fanIn: Int, fanOut: Int)
  /// PyTorch's rule for linear layers (fan = inputs) and recurrent ones (fan = hidden):
  /// U(−1 / √fan, 1 / √fan).
  case uniform(fan: Int)
  case normal(standardDeviation: Double)

  func values(count: Int, using generator: inout SeededGenerator) -> [Float] {
    switch self {
    case .zeros: return [Float](repeating: 0, count: count)
    case .ones: return [Float](repeating: 1, count: count)
    case .he(let fanIn):
      return Self.gaussian(count, (2 / Double(fanIn)).squareRoot(), &generator)
    case .glorot(let fanIn, let fanOut):
      return Self.gaussian(count, (2 / Double(fanIn + fanOut)).squareRoot(), &generator)
    case .glorotUniform(let fanIn, let fanOut):
      return Self.uniform(count, (6 / Double(fanIn + fanOut)).squareRoot(), &generator)
    case .uniform(let fan):
      return Self.uniform(count, (1 / Double(fan)).squareRoot(), &generator)
    case .normal(let deviation): return Self.gaussian(count, deviation, &generator)
    }
  }

  private static func uniform(
    _ count: Int, _ bound: Double, _ generator: inout SeededGenerator
  ) -> [Float] {
    (0..<count).map { _ in Float((2 * generator.uniform() - 1) * bound) }
  }

  /// Normal deviates in pairs.
  private static func gaussian(
    _ count: Int, _ deviation: Double, _ generator: inout SeededGenerator
  ) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(count + 1)
    while values.count < count {
      let pair = generator.normalPair(standardDeviation: deviation)
      values.append(Float(pair.0))
      values.append(Float(pair.1))
    }
    values.removeLast(values.count - count)
    return values
  }
}
