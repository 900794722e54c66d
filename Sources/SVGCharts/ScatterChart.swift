import Foundation

/// Chart of points in a plane, joined in their order, with horizontal lines for comparison.
package struct ScatterChart: Hashable, Sendable {
  package struct Point: Hashable, Sendable {
    package let x: Double
    package let y: Double
    let isFilled: Bool
    let label: String
    let attributes: [String: String]

    /// - Parameters:
    ///   - isFilled: whether the mark is a filled disc, not a cross.
    ///   - label: tooltip, also for screen readers.
    ///   - attributes: further attributes of the point's element, such as the source of its numbers.
    package init(
      x: Double, y: Double, isFilled: Bool, label: String, attributes: [String: String] = [:]
    ) {
      self.x = x
      self.y = y
      self.isFilled = isFilled
      self.label = label
      self.attributes = attributes
    }
  }

  package struct Level: Hashable, Sendable {
    package let y: Double
    let label: String

    package init(y: Double, label: String) {
      self.y = y
      self.label = label
    }
  }

  private let points: [Point]
  private let levels: [Level]
  private let xAxis: Axis
  private let yAxis: Axis

  /// - Parameters:
  ///   - points: points in joining order; those that are not finite are omitted.
  ///   - levels: horizontal lines; those that are not finite are omitted.
  package init(points: [Point], levels: [Level] = [], xAxis: Axis, yAxis: Axis) {
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    self.levels = levels.filter(\.y.isFinite)
    self.xAxis = xAxis
    self.yAxis = yAxis
  }

  package func picture(identifier: String, title: String, description: String) -> Picture {
    Picture(
      identifier: identifier, title: title, description: description, width: Self.width,
      height: Self.height, body: grid + levelLines + joined + points.map(mark).joined())
  }

  private func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (
      Self.left + xAxis.position(x) * (Self.width - Self.left - Self.right),
      Self.height - Self.bottom - yAxis.position(y) * (Self.height - Self.top - Self.bottom)
    )
  }

  private var grid: String {
    let floor = Self.height - Self.bottom
    let across = yAxis.ticks.map { tick in
      let y = place(xAxis.lower, tick).y
      return Picture.line(from: (Self.left, y), to: (Self.width - Self.right, y), kind: "grid")
        + Picture.text(yAxis.text(tick), x: Self.left - 6, y: y + 4, anchor: "end", kind: "tick")
    }
    let along = xAxis.ticks.map { tick in
      let x = place(tick, yAxis.lower).x
      return Picture.line(from: (x, floor), to: (x, floor + 4), kind: "grid")
        + Picture.text(xAxis.text(tick), x: x, y: floor + 18, anchor: "middle", kind: "tick")
    }
    return (across + along).joined()
      + Picture.text(
        xAxis.label, x: (Self.left + Self.width - Self.right) / 2, y: Self.height - 6,
        anchor: "middle", kind: "axis")
      + Picture.text(yAxis.label, x: 4, y: 14, anchor: "start", kind: "axis")
  }

  private var levelLines: String {
    levels.map { level in
      let y = place(xAxis.lower, level.y).y
      return Picture.line(from: (Self.left, y), to: (Self.width - Self.right, y), kind: "level")
        + Picture.text(
          level.label, x: Self.left + 4, y: y - 4, anchor: "start", kind: "level-label")
    }.joined()
  }

  private var joined: String {
    guard points.count > 1 else { return "" }
    let path = points.map { point in
      let (x, y) = place(point.x, point.y)
      return "\(Picture.number(x)),\(Picture.number(y))"
    }
    return "<polyline class=\"trail\" points=\"\(path.joined(separator: " "))\"/>"
  }

  private func mark(_ point: Point) -> String {
    let (x, y) = place(point.x, point.y)
    let attributes = point.attributes.sorted { $0.key < $1.key }
      .map { " \($0.key)=\"\(Picture.escape($0.value))\"" }.joined()
    let title = "<title>\(Picture.escape(point.label))</title>"
    let shape =
      point.isFilled
      ? "<circle cx=\"\(Picture.number(x))\" cy=\"\(Picture.number(y))\" r=\"5\"/>"
      : "<path d=\"M\(Picture.number(x - 4)) \(Picture.number(y - 4))l8 8m0 -8l-8 8\"/>"
    return "<g class=\"mark \(point.isFilled ? "filled" : "crossed")\"\(attributes)>"
      + "\(title)\(shape)</g>"
  }

  private static var width: Double { 480 }
  private static var height: Double { 300 }
  private static var left: Double { 64 }
  private static var right: Double { 20 }
  private static var top: Double { 28 }
  private static var bottom: Double { 46 }
}

/// Linear axis with round tick values.
package struct Axis: Hashable, Sendable {
  package let label: String
  /// `true` where values are fractions that are written in per cent.
  package let isFraction: Bool
  let lower: Double
  let upper: Double
  let ticks: [Double]

  /// - Parameters:
  ///   - values: values that the axis covers; those that are not finite are ignored.
  ///   - limits: outer limits of the axis; the values lie inside.
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

  /// Smallest of 1, 2 and 5 times a power of ten that is at least `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= step * (1 - 1e-9) } ?? step
  }
}
