/// How often connections of a given predicted importance really survive.
public struct ReliabilityCurve: Hashable, Sendable, Codable {
  /// Predictions of like probability, and how often they came true.
  public struct Bin: Hashable, Sendable, Codable {
    /// Weighted mean of the predictions, 0 … 1.
    public var meanPrediction: Double
    /// Weighted mean of the labels, 0 … 1.
    public var survivalRate: Double
    /// Sum of the weights; the number of rows where none were given.
    public var weight: Double
  }

  /// Bins that hold anything, by rising prediction.
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

  /// Weighted mean distance of prediction and rate.
  ///
  /// - Source: Guo et al., *On Calibration of Modern Neural Networks*, 2017,
  ///   [arXiv:1706.04599](https://arxiv.org/abs/1706.04599), eq. 3.
  public var expectedCalibrationError: Double {
    let total = bins.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return 0 }
    return bins.reduce(0) { $0 + $1.weight * abs($1.meanPrediction - $1.survivalRate) } / total
  }
}
