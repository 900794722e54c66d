import Foundation

/// The table between `<!-- table -->` and `<!-- end of table -->` of an article, which is made from code.
public enum GeneratedTable {
  public struct Missing: Error {
    public let article: String
  }

  /// - Parameter article: from the root of the package.
  /// - Returns: what stands there; with AUTOPRUNE_REWRITE_SNAPSHOTS set, `wanted` is written there first.
  public static func text(in article: String, wanted: String) throws -> String {
    let url = PythonPackages.root.appendingPathComponent(article)
    var text = try String(contentsOf: url, encoding: .utf8)
    guard let start = text.range(of: "<!-- table -->\n"),
      let end = text.range(of: "<!-- end of table -->"), start.upperBound <= end.lowerBound
    else { throw Missing(article: article) }
    if ProcessInfo.processInfo.environment["AUTOPRUNE_REWRITE_SNAPSHOTS"] != nil {
      text.replaceSubrange(start.upperBound..<end.lowerBound, with: wanted)
      try Data(text.utf8).write(to: url)
      return wanted
    }
    return String(text[start.upperBound..<end.lowerBound])
  }
}
