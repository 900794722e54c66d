import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

/// What a run leaves for people to look at.
struct ReportArguments: ParsableArguments {
  @Option(help: "Write the run as one self-contained HTML page to this file.")
  var report: String?

  @Option(
    name: .customLong("tensorboard"),
    help: ArgumentHelp(
      "Write scalars and histograms for TensorBoard into this folder while the run goes on.",
      valueName: "dir"))
  var tensorBoard: String?

  /// Refuses what cannot be written before any work is done.
  func check() throws {
    if let report { try OutputCheck.writable(URL(fileURLWithPath: report)) }
  }

  func log(for graph: Graph, metric: Metric) throws -> TensorBoardLog? {
    try tensorBoard.map {
      try TensorBoardLog(folder: URL(fileURLWithPath: $0), for: graph, metric: metric)
    }
  }

  /// Explains and writes the page where one is wanted.
  ///
  /// - Returns: the report, with the features that decided.
  func write(
    _ pruned: PrunedNetwork, of model: Graph, named name: String, data: DataSet,
    options: PruningOptions, splitSeed: UInt64, by pruner: AutoPruner<TorchEngine>
  ) async throws -> PruneReport {
    guard let report else { return pruned.report }
    var pruned = pruned
    pruned.report.features = try await pruner.influences(
      on: pruned, of: model, data: data, options: options, splitSeed: splitSeed)
    let page = try HTMLReport(
      pruned, of: model,
      provenance: ReportProvenance(
        modelName: name, dataName: data.name, budget: options.budget,
        command: ["autoprune"] + CommandLine.arguments.dropFirst(), versions: Version.parts())
    ).html()
    try FileContents.write(Array(page.utf8), to: URL(fileURLWithPath: report))
    return pruned.report
  }
}
