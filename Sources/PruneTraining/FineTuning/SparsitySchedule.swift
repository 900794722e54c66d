import Foundation

/// When connections go while a network trains, and how many are left then.
///
/// The density falls along a cubic from that of the network to the target over the first part of the training; the rest
/// is trained at the target.
///
/// - Source: Zhu & Gupta, *To prune, or not to prune*, 2017, [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
package struct SparsitySchedule: Hashable, Sendable {
  let start: Double
  let target: Double
  /// Steps before the density has reached its target.
  package let length: Int
  /// Steps between two prunings.
  let interval: Int

  /// - Parameters:
  ///   - steps: of the whole training; the last is always at the target.
  ///   - share: of the steps over which connections go.
  ///   - interval: the last pruning takes place on time whatever it is.
  package init(from start: Double, to target: Double, steps: Int, share: Double, interval: Int) {
    precondition((0...1).contains(share), "the share of the steps is \(share), expected 0 ... 1")
    precondition(interval > 0, "an interval of \(interval) steps, expected > 0")
    self.start = start
    self.target = target
    self.interval = interval
    length = max(0, min(steps - 1, Int((share * Double(steps)).rounded())))
  }

  /// The density to prune to before `step` (from 0); `nil` where nothing goes then.
  package func density(before step: Int) -> Double? {
    guard step <= length else { return nil }
    if step == length { return target }
    guard step > 0, step.isMultiple(of: interval) else { return nil }
    let left = 1 - Double(step) / Double(length)
    return target + (start - target) * pow(left, 3)
  }
}
