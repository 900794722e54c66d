public import PruneFeatures

/// Logistic predictor p̂ = σ(θᵀφ(f, density)), one θ for all layers and networks.
public struct LogisticPredictor: TrainablePredictor, Hashable {
  /// Basis φ that θ multiplies.
  public var basis: FeatureBasis
  /// Coefficients θ, one per term of the basis.
  public var coefficients: [Double]
  public var calibration: ScoreCalibration

  /// - Precondition: one coefficient per term.
  public init(
    basis: FeatureBasis, coefficients: [Double], calibration: ScoreCalibration = .identity
  ) {
    precondition(
      coefficients.count == basis.terms.count,
      "\(coefficients.count) coefficients for \(basis.terms.count) terms")
    self.basis = basis
    self.coefficients = coefficients
    self.calibration = calibration
  }

  /// A predictor that ranks by one feature alone, as a start of a fit.
  ///
  /// - Precondition: the basis has a term of this feature alone.
  public init(basis: FeatureBasis, rankingBy feature: String) {
    let index = basis.featureNames.firstIndex(of: feature)
    let term = basis.terms.firstIndex {
      index != nil && $0.factors == [index ?? 0] && $0.sparsityPower == 0
    }
    var coefficients = [Double](repeating: 0, count: basis.terms.count)
    guard let term else { preconditionFailure("the basis has no term of '\(feature)' alone") }
    coefficients[term] = 1
    self.init(basis: basis, coefficients: coefficients)
  }

  public var kind: PredictorKind { .logistic }
  public var featureNames: [String] { basis.featureNames }

  public var parameters: [Double] {
    get { coefficients }
    set { self = LogisticPredictor(basis: basis, coefficients: newValue, calibration: calibration) }
  }

  public func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]] {
    BasisEvaluator(basis, table: table).scores(coefficients, density: targetDensity)
  }

  public func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)? {
    BasisChunkScorer(
      basis, coefficients: coefficients, features: features, targetDensity: targetDensity)
  }

  public func scorer(for table: FeatureTable) -> any ParameterScorer {
    BasisScorer(evaluator: BasisEvaluator(basis, table: table))
  }

  public func explanation(
    of weight: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation {
    let evaluator = BasisEvaluator(basis, table: table)
    let values = evaluator.termValues(
      layer: layer, weight: weight, density: targetDensity)
    return basis.explanation(
      termValues: values, coefficients: coefficients, calibration: calibration, path: []
    ) { table.layers[layer].columns[table.columnIndex(of: $0)][weight] }
  }
}

struct BasisScorer: ParameterScorer {
  let evaluator: BasisEvaluator

  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]] {
    evaluator.scores(parameters, density: targetDensity)
  }

  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double] {
    evaluator.pullback(scoreGradients, density: targetDensity)
  }
}

extension FeatureBasis {
  /// Explanation of a score; terms are added up by their first feature.
  func explanation(
    termValues: [Double], coefficients: [Double], calibration: ScoreCalibration, path: [String],
    featureValue: (String) -> Float
  ) -> ScoreExplanation {
    var sums = [Double](repeating: 0, count: featureNames.count)
    var intercept = 0.0
    for (index, term) in terms.enumerated() {
      let part = coefficients[index] * termValues[index]
      if let first = term.factors.first { sums[first] += part } else { intercept += part }
    }
    let score = intercept + sums.reduce(0, +)
    let contributions = featureNames.indices.filter { sums[$0] != 0 }.map {
      ScoreExplanation.Contribution(
        feature: featureNames[$0], value: featureValue(featureNames[$0]), contribution: sums[$0])
    }
    return ScoreExplanation(
      score: score, importance: Double(calibration.probability(score: Float(score))),
      intercept: intercept,
      contributions: contributions.sorted { $0.contribution.magnitude > $1.contribution.magnitude },
      path: path)
  }
}

extension LogisticPredictor {
  /// Predictor set by hand, with two coefficients: LAMP's score plus half the remembered signed saliency. Fitting starts
  /// at it and is regularised towards it.
  ///
  /// - Source: Lee et al., *Layer-adaptive Sparsity for the Magnitude-based Pruning*, 2021,
  ///   [arXiv:2010.07611](https://arxiv.org/abs/2010.07611); Molchanov et al., *Importance Estimation for Neural Network
  ///   Pruning*, 2019, [arXiv:1906.10771](https://arxiv.org/abs/1906.10771).
  public static let prior = LogisticPredictor(
    basis: FeatureBasis(
      featureNames: ["log-lamp", "saliency-memory"], centres: [0, 0], scales: [1, 2],
      terms: [BasisTerm(factors: [0]), BasisTerm(factors: [1])]), coefficients: [1, 1])

  /// The score of ``prior`` in terms of `basis`, up to a constant that changes no rank.
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

  /// The prior as an alternative to `predictor`, in the same terms where they allow it, so that its adaptation has as many
  /// features to correct by.
  ///
  /// - Returns: `nil` where `predictor` is the prior.
  package static func alternative(to predictor: any ImportancePredictor) -> LogisticPredictor? {
    guard let logistic = predictor as? LogisticPredictor,
      prior.basis.featureNames.allSatisfy({ logistic.basis.position(ofFeatureAlone: $0) != nil })
    else { return prior }
    let same = prior(in: logistic.basis)
    return logistic == prior || logistic.coefficients == same.coefficients ? nil : same
  }
}

extension LogisticPredictor {
  /// The feature that alone decides the order of the scores, as in a preset that no fit could improve on; `nil` where several
  /// features do.
  package var onlyFeature: String? {
    let active = coefficients.indices.filter { coefficients[$0] != 0 }
    guard let only = active.first, active.count == 1, coefficients[only] > 0,
      basis.terms[only].factors.count == 1, basis.terms[only].sparsityPower == 0
    else { return nil }
    return basis.featureNames[basis.terms[only].factors[0]]
  }
}

extension FeatureBasis {
  /// Position of the term that is one feature, at every sparsity alike; `nil` where there is none.
  fileprivate func position(ofFeatureAlone name: String) -> Int? {
    guard let feature = featureNames.firstIndex(of: name) else { return nil }
    return terms.firstIndex { $0.factors == [feature] && $0.sparsityPower == 0 }
  }
}
