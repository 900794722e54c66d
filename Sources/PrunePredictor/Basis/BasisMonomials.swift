/// The distinct products of features in a basis: terms that differ only in the power of the target sparsity share one.
struct BasisMonomials {
  /// Positions in ``FeatureBasis/featureNames``, none to two.
  let factors: [[Int]]
  /// Per term, its position in ``factors``.
  let ofTerm: [Int]
  private let basis: FeatureBasis

  init(_ basis: FeatureBasis) {
    self.basis = basis
    var distinct: [[Int]] = []
    var positions: [[Int]: Int] = [:]
    ofTerm = basis.terms.map { term in
      let factors = term.factors.sorted()
      if let position = positions[factors] { return position }
      positions[factors] = distinct.count
      distinct.append(factors)
      return distinct.count - 1
    }
    factors = distinct
  }

  /// θ at one density, `[factors]`.
  func weights(_ coefficients: [Double], density: Double) -> [Float] {
    precondition(
      coefficients.count == basis.terms.count,
      "\(coefficients.count) coefficients for \(basis.terms.count) terms")
    let coordinate = basis.targetSparsity.coordinate(density: density)
    var weights = [Double](repeating: 0, count: factors.count)
    for (index, term) in basis.terms.enumerated() {
      weights[ofTerm[index]] += coefficients[index] * coordinate.power(term.sparsityPower)
    }
    return weights.map { Float($0) }
  }

  /// Gradient with respect to the coefficients from that with respect to the weights.
  func pullback(_ gradient: [Double], density: Double) -> [Double] {
    let coordinate = basis.targetSparsity.coordinate(density: density)
    return basis.terms.indices.map {
      gradient[ofTerm[$0]] * coordinate.power(basis.terms[$0].sparsityPower)
    }
  }
}

extension FeatureBasis {
  /// A value of a feature at mean 0 and standard deviation 1, within ± ``clampLimit``.
  func standardize(_ value: Float, _ feature: Int) -> Float {
    Self.clamp((value - Float(centres[feature])) * Float(1 / scales[feature]))
  }

  /// NaN counts as the mean.
  @inline(__always) static func clamp(_ value: Float) -> Float {
    let limit = clampLimit
    let upper = value < limit ? value : (value.isNaN ? 0 : limit)
    return upper > -limit ? upper : -limit
  }
}

extension Double {
  /// Small natural power.
  func power(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * self }
  }
}
