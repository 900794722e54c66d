package import PruneFeatures

/// Another predictor's score plus a linear correction per layer, `s + cₗ₀ + Σ cₗⱼ zⱼ`, `z` the standardised features: the
/// effective θ of each layer of one network, as a deviation from the θ that all networks share.
///
/// With every correction at 0 it equals the other predictor, so that a ridge pulls a fit towards that one.
///
/// - Source: deviations of groups from a common coefficient as in Laird & Ware, *Random-Effects Models for Longitudinal
///   Data*, Biometrics 38, 1982.
package struct LayerwisePredictor: TrainablePredictor {
  /// Predictor that is corrected.
  package let base: any ImportancePredictor
  /// Corrections `c`, `[layers · (1 + features)]`, layer by layer, the constant first.
  package var parameters: [Double]
  private let basis: FeatureBasis
  private let layerCount: Int

  /// - Parameters:
  ///   - base: predictor to correct.
  ///   - table: features of the network to correct for; standardised as `base` does, or else on this table.
  package init(correcting base: any ImportancePredictor, for table: FeatureTable) {
    self.base = base
    layerCount = table.layers.count
    let linear = FeatureBasis.products(
      of: base.featureNames, sparsityPowers: [0], hasIntercept: true)
    if let shared = (base as? LogisticPredictor)?.basis {
      basis = FeatureBasis(
        featureNames: shared.featureNames, centres: shared.centres, scales: shared.scales,
        terms: linear.terms)
    } else {
      basis = linear.standardized(on: [table])
    }
    parameters = [Double](repeating: 0, count: layerCount * basis.terms.count)
  }

  package var kind: PredictorKind { base.kind }
  package var featureNames: [String] { base.featureNames }
  package var calibration: ScoreCalibration { base.calibration }

  package func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]] {
    scorer(for: table).scores(parameters, targetDensity: targetDensity)
  }

  package func scorer(for table: FeatureTable) -> any ParameterScorer {
    precondition(
      table.layers.count == layerCount,
      "corrections of \(layerCount) layers, but a table of \(table.layers.count)")
    return LayerwiseScorer(
      evaluators: table.layers.map {
        BasisEvaluator(basis, table: FeatureTable(names: table.names, layers: [$0]))
      }, termCount: basis.terms.count
    ) { base.scores(for: table, targetDensity: $0) }
  }

  package func explanation(
    of weight: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation {
    let shared = base.explanation(
      of: weight, inLayer: layer, of: table, targetDensity: targetDensity)
    let own = LogisticPredictor(
      basis: basis, coefficients: Array(coefficients(ofLayer: layer)), calibration: calibration
    ).explanation(of: weight, inLayer: layer, of: table, targetDensity: targetDensity)
    return shared.adding(own, calibration: calibration)
  }

  private func coefficients(ofLayer layer: Int) -> ArraySlice<Double> {
    parameters[layer * basis.terms.count..<(layer + 1) * basis.terms.count]
  }
}

private struct LayerwiseScorer: ParameterScorer {
  let evaluators: [BasisEvaluator]
  let termCount: Int
  let baseScores: (_ targetDensity: Double) -> [[Float]]

  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]] {
    zip(baseScores(targetDensity), evaluators.enumerated()).map { base, layer in
      let first = layer.offset * termCount
      let own = layer.element.scores(
        Array(parameters[first..<first + termCount]), density: targetDensity)
      return zip(base, own[0]).map { $0 + $1 }
    }
  }

  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double] {
    zip(evaluators, scoreGradients).flatMap { $0.pullback([$1], density: targetDensity) }
  }
}

extension ScoreExplanation {
  /// Sum of two explanations, feature by feature.
  fileprivate func adding(_ other: ScoreExplanation, calibration: ScoreCalibration) -> Self {
    var result = self
    result.score += other.score
    result.importance = Double(calibration.probability(score: Float(result.score)))
    result.intercept += other.intercept
    for contribution in other.contributions {
      let position = result.contributions.firstIndex { $0.feature == contribution.feature }
      if let position {
        result.contributions[position].contribution += contribution.contribution
      } else {
        result.contributions.append(contribution)
      }
    }
    result.contributions.sort { $0.contribution.magnitude > $1.contribution.magnitude }
    return result
  }
}
