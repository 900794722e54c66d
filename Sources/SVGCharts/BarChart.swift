/// Chart of horizontal bars with names above them and values beside them; negative bars extend to the
/// left.
package struct BarChart: Hashable, Sendable {
  package struct Bar: Hashable, Sendable {
    let name: String
    let value: Double
    let text: String
    let attributes: [String: String]

    /// - Parameters:
    ///   - text: formatted value.
    ///   - attributes: further attributes of the bar's element, such as the source of its number.
    package init(name: String, value: Double, text: String, attributes: [String: String] = [:]) {
      self.name = name
      self.value = value
      self.text = text
      self.attributes = attributes
    }
  }

  private let bars: [Bar]
  private let range: ClosedRange<Double>

  /// - Parameter range: values at the left and right edges; by default from the lower of 0 and the
  ///   smallest value to the largest.
  package init(bars: [Bar], range: ClosedRange<Double>? = nil) {
    self.bars = bars.filter(\.value.isFinite)
    let values = self.bars.map(\.value)
    self.range = range ?? min(0, values.min() ?? 0)...max(1e-12, values.max() ?? 1)
  }

  package func picture(identifier: String, title: String, description: String) -> Picture {
    Picture(
      identifier: identifier, title: title, description: description, width: Self.width,
      height: Double(max(1, bars.count)) * Self.rowHeight + 4,
      body: bars.enumerated().map { row, bar in element(bar, top: Double(row) * Self.rowHeight) }
        .joined())
  }

  private func element(_ bar: Bar, top: Double) -> String {
    let (zero, end) = (x(max(range.lowerBound, 0)), x(bar.value))
    let attributes = bar.attributes.sorted { $0.key < $1.key }
      .map { " \($0.key)=\"\(Picture.escape($0.value))\"" }.joined()
    let height = Picture.number(Self.barHeight)
    let y = Picture.number(top + Self.rowHeight - Self.barHeight - 4)
    let trough =
      "<rect class=\"trough\" x=\"0\" y=\"\(y)\" width=\"\(Picture.number(Self.barsWidth))\" "
      + "height=\"\(height)\"/>"
    let filled =
      "<rect class=\"bar\(bar.value < 0 ? " negative" : "")\" x=\"\(Picture.number(min(zero, end)))\" "
      + "y=\"\(y)\" width=\"\(Picture.number(abs(end - zero)))\" height=\"\(height)\"/>"
    return "<g class=\"row\"\(attributes)>"
      + "<title>\(Picture.escape("\(bar.name): \(bar.text)"))</title>"
      + Picture.text(
        Self.shortened(bar.name), x: 0, y: top + 15, anchor: "start", kind: "bar-name")
      + trough + filled
      + Picture.text(
        bar.text, x: Self.width, y: top + Self.rowHeight - 5, anchor: "end", kind: "bar-value")
      + "</g>"
  }

  private func x(_ value: Double) -> Double {
    let span = range.upperBound - range.lowerBound
    let share = span > 0 ? (value - range.lowerBound) / span : 0
    return min(1, max(0, share)) * Self.barsWidth
  }

  private static func shortened(_ name: String) -> String {
    name.count <= 52 ? name : "\(name.prefix(24))…\(name.suffix(27))"
  }

  private static var width: Double { 480 }
  private static var barsWidth: Double { 396 }
  private static var rowHeight: Double { 36 }
  private static var barHeight: Double { 12 }
}
