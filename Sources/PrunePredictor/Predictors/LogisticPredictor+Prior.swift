import PruneFeatures

extension LogisticPredictor {
  /// LAMP's order plus half the remembered signed saliency: two numbers set by hand, where fitting starts and what it is
  /// pulled to.
  ///
  /// - Source: Lee et al., *Layer-adaptive Sparsity for the Magnitude-based Pruning*, 2021,
  ///   [arXiv:2010.07611](https://arxiv.org/abs/2010.07611); Molchanov et al., *Importance Estimation for Neural Network
  ///   Pruning*, 2019, [arXiv:1906.10771](https://arxiv.org/abs/1906.10771).
  public static let prior = LogisticPredictor(
    basis: FeatureBasis(
      featureNames: ["log-lamp", "saliency-memory"], centres: [0, 0], scales: [1, 2],
      terms: [BasisTerm(factors: [0]), BasisTerm(factors: [1])]), coefficients: [1, 1])

  /// The same score as ``prior`` in terms of `basis`, up to a constant that changes no rank.
  ///
  /// - Precondition: the basis has a term of each of the prior's features alone.
  public static func prior(in basis: FeatureBasis) -> LogisticPredictor {
    var result = LogisticPredictor(
      basis: basis, coefficients: [Double](repeating: 0, count: basis.terms.count))
    for (position, name) in prior.basis.featureNames.enumerated() {
      let feature = basis.featureNames.firstIndex(of: name) ?? -1
      guard let term = basis.position(ofFeatureAlone: name) else {
        preconditionFailure("the basis has no term of '\(name)' alone")
      }
      result.coefficients[term] =
        prior.coefficients[position] / prior.basis.scales[position] * basis.scales[feature]
    }
    return result
  }

  /// The prior to try beside `predictor`, in the same terms where they allow it, so that refining it has as many features
  /// to correct by.
  ///
  /// - Returns: `nil` where `predictor` is the prior.
  package static func rival(of predictor: any ImportancePredictor) -> LogisticPredictor? {
    guard let logistic = predictor as? LogisticPredictor,
      prior.basis.featureNames.allSatisfy({ logistic.basis.position(ofFeatureAlone: $0) != nil })
    else { return prior }
    let same = prior(in: logistic.basis)
    return logistic == prior || logistic.coefficients == same.coefficients ? nil : same
  }
}

extension FeatureBasis {
  /// Of the term that is one feature, at every sparsity alike.
  fileprivate func position(ofFeatureAlone name: String) -> Int? {
    guard let feature = featureNames.firstIndex(of: name) else { return nil }
    return terms.firstIndex { $0.factors == [feature] && $0.sparsityPower == 0 }
  }
}

extension ImportancePredictor {
  /// Whether it reads features of a selection under way, and so needs one pass after another.
  public var readsState: Bool {
    featureNames.contains { FeatureRegistry.descriptor(named: $0)?.family == .state }
  }
}
