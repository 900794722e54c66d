import Foundation
import Mustache
public import PruneCore
import PruneData
import SVGCharts

/// A run on one page: self-contained HTML without scripts or links, for screens of any width, light and dark.
///
/// Every number stands in a `<data>` element whose `value` is the one of `prune --json` and whose `data-path` says where
/// it stands there.
///
/// ```swift
/// let page = try HTMLReport(pruned, of: model, provenance: provenance).html()
/// ```
public struct HTMLReport {
  private let content: ReportContent

  /// - Parameters:
  ///   - pruned: with ``PruneReport/features`` where they are to be shown.
  ///   - model: the network before pruning.
  ///   - provenance: what the page says of where the run comes from.
  public init(_ pruned: PrunedNetwork, of model: Graph, provenance: ReportProvenance) {
    content = ReportContent(pruned, of: model, provenance: provenance)
  }

  /// - Throws: `DataError` where the template is missing.
  public func html() throws -> String {
    var library = MustacheLibrary()
    let locator = ResourceLocator(bundle: "AutoPrune_AutoPrune")
    for name in ["report", "figure"] {
      let url = try locator.url(of: "\(name).mustache")
      let text = try String(contentsOf: url, encoding: .utf8)
      let trimmed = name == "figure" ? text.trimmingCharacters(in: .newlines) : text
      library.register(try MustacheTemplate(string: trimmed), named: name)
    }
    return library.render(content, withTemplate: "report") ?? ""
  }
}

/// What a report says of where it comes from.
public struct ReportProvenance: Hashable, Sendable {
  /// As people call it, such as the file's name.
  public let modelName: String
  /// As people call it, such as the folder's name.
  public let dataName: String
  /// What was asked for.
  public let budget: Budget
  /// The command that makes the same run, as typed.
  public let command: [String]
  /// Name and version of everything that took part.
  public let versions: [String: String]

  /// Everything is shown as given here; nothing is looked up.
  public init(
    modelName: String, dataName: String, budget: Budget, command: [String],
    versions: [String: String]
  ) {
    self.modelName = modelName
    self.dataName = dataName
    self.budget = budget
    self.command = command
    self.versions = versions
  }
}
