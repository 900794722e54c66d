import Foundation

/// Importance from score: p̂ = σ(slope · score + intercept), slope > 0 so that the ranking stays.
public struct ScoreCalibration: Hashable, Sendable, Codable {
  /// Above 0; how fast p̂ rises with the score.
  public var slope: Double
  /// Log-odds of p̂ at score 0.
  public var intercept: Double

  /// Takes the score for a log-odds as it is.
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

  var problem: String? {
    slope.isFinite && slope > 0 && intercept.isFinite
      ? nil : "the calibration has slope \(slope) and intercept \(intercept), expected slope > 0"
  }
}
