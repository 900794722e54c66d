import Foundation

/// A text whose part between `<!-- results -->` and `<!-- end of results -->` is made anew, or one with `all results`.
struct ResultsSection {
  /// What stands between the marks.
  enum Extent: String, CaseIterable {
    /// A few lines per benchmark: ``ResultsDigest``.
    case digest = "results"
    /// Every line: ``ResultsTable``.
    case all = "all results"
  }

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "'\(path)' has no lines '<!-- results -->' and '<!-- end of results -->', nor such with 'all results', to write between"
    }
  }

  let extent: Extent
  private(set) var text: String
  private let place: Range<String.Index>

  init(contentsOf file: URL) throws {
    text = try String(contentsOf: file, encoding: .utf8)
    for extent in Extent.allCases {
      guard let start = text.range(of: "<!-- \(extent.rawValue) -->\n"),
        let end = text.range(of: "<!-- end of \(extent.rawValue) -->"),
        start.upperBound <= end.lowerBound
      else { continue }
      self.extent = extent
      place = start.upperBound..<end.lowerBound
      return
    }
    throw Missing(path: file.path)
  }

  var results: String { String(text[place]) }

  func replaced(by table: String) -> String { text.replacingCharacters(in: place, with: table) }
}
