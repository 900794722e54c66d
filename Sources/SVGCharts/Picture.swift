import Foundation

/// Picture as SVG text, with a title and a description for screen readers.
///
/// The page sets the colours: every shape has a class and no colour, so that one style sheet serves light
/// and dark. Equal input gives equal text.
package struct Picture: Hashable, Sendable {
  package let svg: String

  /// - Parameters:
  ///   - identifier: unique within the page; letters, digits and hyphens.
  ///   - body: elements drawn in a box of `width` × `height`.
  init(
    identifier: String, title: String, description: String, width: Double, height: Double,
    body: String
  ) {
    svg = """
      <svg class="chart" viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img" \
      style="max-width: \(Self.number(Self.mostEnlarged * width))px" \
      aria-labelledby="\(identifier)-title \(identifier)-description">\
      <title id="\(identifier)-title">\(Self.escape(title))</title>\
      <desc id="\(identifier)-description">\(Self.escape(description))</desc>\(body)</svg>
      """
  }

  /// Most pixels per unit, so that a small map does not fill a wide page.
  private static var mostEnlarged: Double { 1.3 }

  /// Number with two decimals, or without decimals where it is whole.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() && abs(rounded) < 1e9
      ? String(Int(rounded)) : String(format: "%.2f", rounded)
  }

  static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  static func text(_ words: String, x: Double, y: Double, anchor: String, kind: String) -> String {
    "<text class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
      + "\(escape(words))</text>"
  }

  static func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), kind: String
  ) -> String {
    "<line class=\"\(kind)\" x1=\"\(number(start.x))\" y1=\"\(number(start.y))\" "
      + "x2=\"\(number(end.x))\" y2=\"\(number(end.y))\"/>"
  }
}
