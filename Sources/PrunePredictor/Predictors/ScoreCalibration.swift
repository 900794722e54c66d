import Foundation

/// Map from score to importance, p̂ = σ(slope · score + intercept); slope > 0, so that the ranking is unchanged.
public struct ScoreCalibration: Hashable, Sendable, Codable {
  /// Log-odds of p̂ per unit of score, > 0.
  public var slope: Double
  /// Log-odds of p̂ at score 0.
  public var intercept: Double

  /// The calibration that takes the score for a log-odds as it is.
  public static let identity = ScoreCalibration(slope: 1, intercept: 0)

  /// - Parameter slope: above 0, else the ranking would turn round; not checked here.
  public init(slope: Double, intercept: Double) {
    self.slope = slope
    self.intercept = intercept
  }

  /// p̂ of a score, in 0 … 1.
  public func probability(score: Float) -> Float {
    let z = slope * Double(score) + intercept
    return Float(z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)))
  }

  /// Description of an invalid number, for messages; `nil` where there is none.
  var problem: String? {
    slope.isFinite && slope > 0 && intercept.isFinite
      ? nil : "the calibration has slope \(slope) and intercept \(intercept), expected slope > 0"
  }
}

extension ScoreCalibration {
  /// The calibration with the highest likelihood of the labels (Platt scaling); the ranking is unchanged.
  ///
  /// - Source: Platt, *Probabilistic outputs for support vector machines*, 1999.
  /// - Parameters:
  ///   - scores: scores of held-out rows.
  ///   - keepsIntercept: `true` fits a slope alone, which is temperature scaling (Guo et al. 2017, §4.2).
  /// - Throws: ``PredictorError``; also where the fitted slope is not positive.
  public static func fitted(
    scores: [Float], labels: [Float], weights: [Float] = [], keepsIntercept: Bool = false
  ) throws -> ScoreCalibration {
    let spread = scores.reduce(0) { max($0, abs(Double($1))) }
    guard spread > 0, spread.isFinite else { throw PredictorError.noData("score above 0") }
    let rows = try LabelledRows(
      columns: [scores.map { Float(Double($0) / spread) }], labels: labels, weights: weights)
    var fit = LogisticFit()
    fit.ridge = .fixed(1e-6)
    fit.hasIntercept = !keepsIntercept
    let solution = try fit.fit(rows)
    let slope = (solution.coefficients.first ?? 0) / spread
    guard slope > 0 else {
      throw PredictorError.outOfRange(
        what: "the slope of survival on score", got: "\(slope)",
        expected: "> 0; the predictor orders these rows the wrong way round")
    }
    return ScoreCalibration(slope: slope, intercept: solution.intercept)
  }
}

/// Reliability diagram: the share of weights that survive, by predicted importance.
public struct ReliabilityCurve: Hashable, Sendable, Codable {
  /// Predictions of similar probability with their survival rate.
  public struct Bin: Hashable, Sendable, Codable {
    /// Weighted mean of the predictions, 0 … 1.
    public var meanPrediction: Double
    /// Weighted mean of the labels, 0 … 1.
    public var survivalRate: Double
    /// Sum of the weights; the number of rows where none were given.
    public var weight: Double
  }

  /// Bins that are not empty, by rising prediction.
  public let bins: [Bin]

  /// - Parameters:
  ///   - predictions: in 0 … 1.
  ///   - labels: in 0 … 1, as many.
  public init(predictions: [Float], labels: [Float], weights: [Float] = [], binCount: Int = 15) {
    precondition(predictions.count == labels.count && binCount > 0)
    precondition(weights.isEmpty || weights.count == labels.count)
    var sums = [(prediction: Double, label: Double, weight: Double)](
      repeating: (0, 0, 0), count: binCount)
    for index in predictions.indices {
      let prediction = min(1, max(0, Double(predictions[index])))
      let weight = weights.isEmpty ? 1 : Double(weights[index])
      let bin = min(binCount - 1, Int(prediction * Double(binCount)))
      sums[bin].prediction += weight * prediction
      sums[bin].label += weight * Double(labels[index])
      sums[bin].weight += weight
    }
    bins = sums.filter { $0.weight > 0 }.map {
      Bin(
        meanPrediction: $0.prediction / $0.weight, survivalRate: $0.label / $0.weight,
        weight: $0.weight)
    }
  }

  /// Weighted mean distance of prediction and survival rate, 0 … 1.
  ///
  /// - Source: Guo et al., *On Calibration of Modern Neural Networks*, 2017,
  ///   [arXiv:1706.04599](https://arxiv.org/abs/1706.04599), eq. 3.
  public var expectedCalibrationError: Double {
    let total = bins.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return 0 }
    return bins.reduce(0) { $0 + $1.weight * abs($1.meanPrediction - $1.survivalRate) } / total
  }
}
