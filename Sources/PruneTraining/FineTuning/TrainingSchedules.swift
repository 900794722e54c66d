import Foundation

/// Schedule of the learning rate, as a factor of the peak rate.
public struct LearningRateSchedule: Hashable, Sendable {
  /// Shape of the decay after warm-up and hold.
  public enum Shape: String, Hashable, Sendable, Codable, CaseIterable {
    /// Constant at the peak.
    case constant
    /// Half a cosine from 1 to 0. Source: Loshchilov & Hutter, *SGDR*, 2017,
    /// [arXiv:1608.03983](https://arxiv.org/abs/1608.03983), eq. 5.
    case cosine
    /// Divided by ten at 50 % and at 75 %, as He et al. train ResNets,
    /// [arXiv:1512.03385](https://arxiv.org/abs/1512.03385), §4.2.
    case step
  }

  /// Shape of the decay after warm-up and hold.
  public var shape: Shape
  /// Share of the steps over which the rate rises linearly at first, `0 ..< 1`.
  public var warmupFraction: Double
  /// Share of the steps at the peak between warm-up and decay, `0 ..< 1`.
  public var holdFraction: Double
  /// Part of the schedule that this training covers, within `0 ... 1`; splits one schedule into rounds.
  public var window: ClosedRange<Double>

  /// - Parameters:
  ///   - shape: shape of the decay.
  ///   - warmupFraction: share of the steps of the linear rise.
  ///   - holdFraction: share of the steps at the peak.
  ///   - window: part of the schedule that this training covers.
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

  /// Factor of the peak learning rate.
  ///
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
      // Within rounding, a step on a boundary counts as after it.
      let rest = rest + 1e-9
      return rest < 0.5 ? 1 : rest < 0.75 ? 0.1 : 0.01
    }
  }
}

/// Schedule of the density in gradual pruning.
///
/// The density falls along a cubic from that of the network to the target over the first part of the training; the rest
/// is trained at the target.
///
/// - Source: Zhu & Gupta, *To prune, or not to prune*, 2017, [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
package struct SparsitySchedule: Hashable, Sendable {
  /// Density before the training, 0 … 1.
  let start: Double
  /// Density at the end, 0 … 1.
  let target: Double
  /// Number of steps until the density reaches its target.
  package let length: Int
  /// Number of steps between two prunings.
  let interval: Int

  /// - Parameters:
  ///   - steps: steps of the whole training; the last is always at the target.
  ///   - share: share of the steps over which the density falls, 0 … 1.
  ///   - interval: steps between two prunings, > 0; the last pruning does not wait for it.
  package init(from start: Double, to target: Double, steps: Int, share: Double, interval: Int) {
    precondition((0...1).contains(share), "the share of the steps is \(share), expected 0 ... 1")
    precondition(interval > 0, "an interval of \(interval) steps, expected > 0")
    self.start = start
    self.target = target
    self.interval = interval
    length = max(0, min(steps - 1, Int((share * Double(steps)).rounded())))
  }

  /// Density to prune to before `step` (from 0); `nil` where nothing is pruned.
  package func density(before step: Int) -> Double? {
    guard step <= length else { return nil }
    if step == length { return target }
    guard step > 0, step.isMultiple(of: interval) else { return nil }
    let left = 1 - Double(step) / Double(length)
    return target + (start - target) * pow(left, 3)
  }
}
