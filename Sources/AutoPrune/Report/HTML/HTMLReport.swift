import Foundation
import Mustache
public import PruneCore
import PruneData
import SVGCharts

/// Report of a run as one page: self-contained HTML without scripts or links, for screens of any width, light and dark.
///
/// Every number is in a `<data>` element whose `value` is that of `prune --json` and whose `data-path` is its path there.
///
/// ```swift
/// let page = try HTMLReport(pruned, of: model, provenance: provenance).html()
/// ```
public struct HTMLReport {
  private let content: ReportContent

  /// - Parameters:
  ///   - pruned: pruned network with its report; with ``PruneReport/features`` where they are to be shown.
  ///   - model: network before pruning.
  ///   - provenance: origin of the run.
  public init(_ pruned: PrunedNetwork, of model: Graph, provenance: ReportProvenance) {
    content = ReportContent(pruned, of: model, provenance: provenance)
  }

  /// The page as HTML text.
  ///
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

/// Origin of a run for its report.
public struct ReportProvenance: Hashable, Sendable {
  /// Name of the model, such as the file's name.
  public let modelName: String
  /// Name of the data set, such as the folder's name.
  public let dataName: String
  /// Budget of the run.
  public let budget: Budget
  /// Command that repeats the run, as typed.
  public let command: [String]
  /// Versions of the software of the run, by name.
  public let versions: [String: String]

  /// - Parameters:
  ///   - modelName: name of the model.
  ///   - dataName: name of the data set.
  ///   - budget: budget of the run.
  ///   - command: command that repeats the run.
  ///   - versions: versions by name.
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
