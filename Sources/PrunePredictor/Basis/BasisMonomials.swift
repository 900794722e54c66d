/// The distinct products of features in a basis: terms that differ only in the power of the target sparsity share one.
struct BasisMonomials {
  /// Monomials, each as none to two positions in ``FeatureBasis/featureNames``.
  let factors: [[Int]]
  /// Monomial of each term, as its position in ``factors``.
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

  /// Coefficients of the monomials at one density, `[factors]`.
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

  /// Gradient with respect to θ from that with respect to ``weights(_:density:)``.
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

  /// `value` clamped to ± ``clampLimit``; NaN counts as the mean, 0.
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

/// Coefficients of one layer's varying columns, with its constant columns folded in.
struct FoldedLayer {
  var offset: Float = 0
  var linear: [(feature: Int, weight: Float)] = []
  var products: [(first: Int, second: Int, weight: Float)] = []

  init(_ weights: [Float], monomials: [[Int]], layer constants: [Float?]) {
    var linearWeights = [Float](repeating: 0, count: constants.count)
    for (factors, weight) in zip(monomials, weights) {
      let constant = factors.reduce(weight) { $0 * (constants[$1] ?? 1) }
      let varying = factors.filter { constants[$0] == nil }
      switch varying.count {
      case 0: offset += constant
      case 1: linearWeights[varying[0]] += constant
      default: products.append((varying[0], varying[1], constant))
      }
    }
    for (feature, weight) in linearWeights.enumerated() where weight != 0 {
      linear.append((feature, weight))
    }
  }
}
