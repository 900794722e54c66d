import Foundation
import Testing

@testable import SVGCharts

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Elements of a document, in order; `nil` where it is not well formed.
final class ElementReader: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  private(set) var elements: [Element] = []

  static func elements(of svg: String) -> [Element]? {
    let reader = ElementReader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    return parser.parse() ? reader.elements : nil
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    elements[elements.count - 1].text += text
  }
}

@Suite("Pictures are well formed, described and to scale")
struct PictureTests {
  private func elements(_ picture: Picture) throws -> [ElementReader.Element] {
    let elements = try #require(ElementReader.elements(of: picture.svg), "\(picture.svg)")
    #expect(elements[0].attributes["role"] == "img")
    let labels = elements[0].attributes["aria-labelledby"]?.split(separator: " ") ?? []
    for label in labels {
      #expect(elements.contains { $0.attributes["id"] == String(label) && !$0.text.isEmpty })
    }
    #expect(labels.count == 2)
    return elements
  }

  @Test("marks of a scatter chart lie where their values say")
  func scatter() throws {
    let values = [(0.5, 0.98), (0.9, 0.97), (0.95, 0.6), (0.97, 0.965)]
    let chart = ScatterChart(
      points: values.enumerated().map { index, value in
        ScatterChart.Point(
          x: value.0, y: value.1, isFilled: index != 2, label: "a < \"b\" & c",
          attributes: ["data-x": "\(value.0)"])
      } + [ScatterChart.Point(x: .nan, y: 0, isFilled: true, label: "")],
      levels: [ScatterChart.Level(y: 0.99, label: "dense")],
      xAxis: Axis("sparsity", covering: values.map(\.0)),
      yAxis: Axis("accuracy", covering: values.map(\.1) + [0.99]))
    let found = try elements(
      chart.picture(identifier: "c", title: "<title>", description: "points & lines"))
    let circles = found.filter { $0.name == "circle" }
    #expect(circles.count == 3)
    let marks = found.filter { $0.attributes["class"]?.hasPrefix("mark") ?? false }
    #expect(marks.map { $0.attributes["data-x"] } == values.map { "\($0.0)" })
    #expect(found.contains { $0.name == "title" && $0.text == "a < \"b\" & c" })
    let filled = [0, 1, 3].map { values[$0] }
    let x = try circles.map { try #require(Double($0.attributes["cx"] ?? "")) }
    let y = try circles.map { try #require(Double($0.attributes["cy"] ?? "")) }
    for (positions, wanted) in [(x, filled.map(\.0)), (y, filled.map(\.1))] {
      let slope = (positions[1] - positions[0]) / (wanted[1] - wanted[0])
      #expect(abs(positions[0] + slope * (wanted[2] - wanted[0]) - positions[2]) < 0.05)
    }
  }

  @Test("bars are as long as their values")
  func bars() throws {
    let chart = BarChart(
      bars: [
        .init(name: "a", value: 0.25, text: "25 %"), .init(name: "b", value: 1, text: "100 %"),
        .init(name: String(repeating: "long ", count: 30), value: -0.5, text: "−50 %"),
        .init(name: "none", value: .nan, text: ""),
      ])
    let found = try elements(chart.picture(identifier: "b", title: "t", description: "d"))
    let widths = try found.filter { $0.attributes["class"]?.hasPrefix("bar") ?? false }
      .filter { $0.name == "rect" }.map { try #require(Double($0.attributes["width"] ?? "")) }
    #expect(widths.count == 3)
    #expect(abs(widths[1] / widths[0] - 4) < 0.01)
    #expect(abs(widths[1] / widths[2] - 2) < 0.01)
  }

  @Test("a map averages what shares a cell and shades every cell once", arguments: [4, 130])
  func map(_ size: Int) throws {
    let map = GridMap(rows: size, columns: 2 * size) { row, column in
      row < size / 2 ? 1 : column.isMultiple(of: 2) ? 0.5 : 0
    }
    #expect(map.rows == min(size, 48) && map.columns == min(2 * size, 96))
    #expect(map.largestCell == 1)
    let sum = map.cells.reduce(0, +) / Double(map.cells.count)
    #expect(abs(sum - 0.625) < 0.01)
    let found = try elements(map.picture(identifier: "m", title: "t", description: "d"))
    let shaded = found.filter { $0.name == "path" }.compactMap { $0.attributes["d"] }
      .flatMap { $0.split(separator: "M") }
      .reduce(0) { $0 + (Int($1.split(separator: "h")[1].split(separator: "v")[0]) ?? 0) }
    #expect(shaded == map.cells.count { $0 > 0 })
  }

  @Test("an empty map and an empty chart are pictures too")
  func empty() throws {
    _ = try elements(
      GridMap(rows: 0, columns: 0) { _, _ in 0 }
        .picture(identifier: "m", title: "t", description: "d"))
    _ = try elements(BarChart(bars: []).picture(identifier: "b", title: "t", description: "d"))
  }
}
