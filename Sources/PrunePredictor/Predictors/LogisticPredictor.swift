public import PruneFeatures

/// p̂ = σ(θᵀφ(f, density)): one θ for all layers and networks.
public struct LogisticPredictor: TrainablePredictor, Hashable {
  /// What θ multiplies.
  public var basis: FeatureBasis
  /// θ, one per term of the basis.
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

  /// Ranks by one feature alone: where fitting starts.
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
    of connection: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation {
    let evaluator = BasisEvaluator(basis, table: table)
    let values = evaluator.termValues(
      layer: layer, connection: connection, density: targetDensity)
    return basis.explanation(
      termValues: values, coefficients: coefficients, calibration: calibration, path: []
    ) { table.layers[layer].columns[table.columnIndex(of: $0)][connection] }
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
  /// Adds up terms by their first feature.
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
