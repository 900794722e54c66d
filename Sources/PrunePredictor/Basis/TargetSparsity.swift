import Foundation

/// How the target density enters a score: the standardised logit of the target sparsity.
///
/// θ tuned at one sparsity is poor at another, so every feature also appears multiplied by this number.
public struct TargetSparsity: Hashable, Sendable, Codable {
  /// Logit of the sparsity that maps to 0.
  public var centre: Double
  /// Difference of logits that maps to 1; > 0.
  public var scale: Double

  /// Sparsity 0.9 maps to 0, 0.5 to about −1.4, 0.98 to about +1.1.
  public static let standard = TargetSparsity(centre: 2.2, scale: 1.5)

  /// - Parameters:
  ///   - centre: logit of the sparsity that maps to 0.
  ///   - scale: above 0.
  public init(centre: Double, scale: Double) {
    self.centre = centre
    self.scale = scale
  }

  /// - Parameter density: clamped to 0.001 … 0.99, where the logit is still moderate.
  public func coordinate(density: Double) -> Double {
    let density = min(0.99, max(0.001, density))
    return (log((1 - density) / density) - centre) / scale
  }
}
