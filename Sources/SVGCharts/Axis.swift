import Foundation

/// A linear axis with round tick values.
package struct Axis: Hashable, Sendable {
  package let label: String
  /// Whether values are fractions written as per cent.
  package let isFraction: Bool
  let lower: Double
  let upper: Double
  let ticks: [Double]

  /// - Parameters:
  ///   - values: finite ones are covered; the rest is left out.
  ///   - limits: what the axis may not go beyond; the values lie inside.
  package init(
    _ label: String, covering values: [Double], isFraction: Bool = false,
    within limits: ClosedRange<Double> = -.infinity ... .infinity
  ) {
    self.label = label
    self.isFraction = isFraction
    let finite = values.filter(\.isFinite)
    var (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    if least == most {
      let margin = max(abs(most) * 0.05, 1e-3)
      (least, most) = (least - margin, most + margin)
    }
    let span = most - least
    let step = Self.roundStep(span / 5)
    let lower = max((least / step).rounded(.down) * step, limits.lowerBound)
    let upper = min((most / step).rounded(.up) * step, limits.upperBound)
    let first = (lower / step - 1e-9).rounded(.up)
    let count = max(0, Int(((upper - lower) / step + 1e-9).rounded(.down)))
    ticks = (0...count).map { (first + Double($0)) * step }
      .filter { $0 >= lower - 1e-9 * step && $0 <= upper + 1e-9 * step }
    self.lower = lower
    self.upper = upper
  }

  /// Position of a value in 0 … 1 along the axis.
  func position(_ value: Double) -> Double {
    upper > lower ? (value - lower) / (upper - lower) : 0.5
  }

  func text(_ value: Double) -> String {
    let shown = isFraction ? 100 * value : value
    let step = (ticks.count > 1 ? ticks[1] - ticks[0] : 1) * (isFraction ? 100 : 1)
    let decimals = min(6, max(0, Int((-log10(step) - 1e-9).rounded(.up))))
    return String(format: "%.\(decimals)f", shown) + (isFraction ? " %" : "")
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= step * (1 - 1e-9) } ?? step
  }
}
