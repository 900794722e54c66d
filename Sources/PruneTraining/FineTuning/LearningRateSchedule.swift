import Foundation

/// Learning rate over the course of training, as a factor of the peak rate.
public struct LearningRateSchedule: Hashable, Sendable {
  /// How the rate falls after its warm-up.
  public enum Shape: String, Hashable, Sendable, Codable, CaseIterable {
    /// Stays at the peak.
    case constant
    /// Half a cosine from 1 to 0. Source: Loshchilov & Hutter, *SGDR*, 2017,
    /// [arXiv:1608.03983](https://arxiv.org/abs/1608.03983), eq. 5.
    case cosine
    /// Divided by ten at 50 % and at 75 %, as He et al. train ResNets,
    /// [arXiv:1512.03385](https://arxiv.org/abs/1512.03385), §4.2.
    case step
  }

  /// The course after warm-up and hold.
  public var shape: Shape
  /// Share of the steps over which the rate first rises linearly; `0 ..< 1`.
  public var warmupFraction: Double
  /// Share of the steps after the warm-up that stay at the peak before the course begins; `0 ..< 1`.
  public var holdFraction: Double
  /// The part of the whole course that this training covers, within `0 ... 1`; a course can be cut into rounds so.
  public var window: ClosedRange<Double>

  /// - Precondition: the fractions are at least 0 and less than 1 together.
  public init(
    _ shape: Shape, warmupFraction: Double = 0, holdFraction: Double = 0,
    window: ClosedRange<Double> = 0...1
  ) {
    precondition((0..<1).contains(warmupFraction), "warm-up is \(warmupFraction), expected 0 ..< 1")
    precondition(
      holdFraction >= 0 && warmupFraction + holdFraction < 1,
      "hold is \(holdFraction) after a warm-up of \(warmupFraction), expected less than 1 together")
    self.shape = shape
    self.warmupFraction = warmupFraction
    self.holdFraction = holdFraction
    self.window = window
  }

  /// - Parameter progress: share of the steps already done, `0 ..< 1`.
  /// - Returns: a factor in `0 ... 1`.
  public func factor(at progress: Double) -> Double {
    let progress = window.lowerBound + progress * (window.upperBound - window.lowerBound)
    if progress < warmupFraction { return (progress + 1e-3) / (warmupFraction + 1e-3) }
    let held = warmupFraction + holdFraction
    if progress < held { return 1 }
    let rest = (progress - held) / (1 - held)
    switch shape {
    case .constant: return 1
    case .cosine: return 0.5 * (1 + cos(.pi * min(1, rest)))
    case .step:
      // A step that lies on a boundary but for rounding belongs behind it.
      let rest = rest + 1e-9
      return rest < 0.5 ? 1 : rest < 0.75 ? 0.1 : 0.01
    }
  }
}
