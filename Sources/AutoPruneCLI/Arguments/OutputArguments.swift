import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

/// Options for the JSON result and for progress.
struct OutputArguments: ParsableArguments {
  @Option(help: "Write the result as JSON to this file, or to standard output with `-`.")
  var json: String?

  @Flag(name: .shortAndLong, help: "Print no progress on standard error; warnings stay.")
  var quiet = false

  var console: Console { Console(isQuiet: quiet, tableToStandardError: json == "-") }

  /// Refuses a file that cannot be written before any work is done.
  func validate() throws {
    guard let json, json != "-" else { return }
    do { try OutputCheck.writable(URL(fileURLWithPath: json)) } catch {
      Console.writeFailure(error)
      throw Failure.status(of: error)
    }
  }

  func write(_ value: some Encodable) throws {
    guard let json else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let data = try encoder.encode(value) + Data("\n".utf8)
    if json == "-" {
      try FileHandle.standardOutput.write(contentsOf: data)
    } else {
      try FileContents.write(Array(data), to: URL(fileURLWithPath: json))
    }
  }
}

/// Options for the HTML report and the TensorBoard log of a run.
struct ReportArguments: ParsableArguments {
  @Option(help: "Write a report of the run to this file, one self-contained HTML page.")
  var report: String?

  @Option(
    name: .customLong("tensorboard"),
    help: ArgumentHelp(
      "Write scalars and histograms of the run into this folder, for TensorBoard to show live.",
      valueName: "dir"))
  var tensorBoard: String?

  /// Refuses a report that cannot be written, before any work is done.
  func check() throws {
    if let report { try OutputCheck.writable(URL(fileURLWithPath: report)) }
  }

  func log(for graph: Graph, metric: Metric) throws -> TensorBoardLog? {
    try tensorBoard.map {
      try TensorBoardLog(folder: URL(fileURLWithPath: $0), for: graph, metric: metric)
    }
  }

  /// Explains the masks and writes the page, where one is wanted.
  ///
  /// - Returns: the report, with the influences of the features where a page was written.
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

/// Refuses an output that cannot be written before hours of work are spent on it.
enum OutputCheck {
  struct Unwritable: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "cannot write '\(path)': \(reason)" }
  }

  static func writable(_ file: URL) throws {
    let folder = file.deletingLastPathComponent()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw Unwritable(path: file.path, reason: "the folder does not exist; make it first")
    }
    guard isFolder.boolValue else {
      throw Unwritable(path: file.path, reason: "'\(folder.path)' is a file, not a folder")
    }
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), isFolder.boolValue
    {
      throw Unwritable(path: file.path, reason: "it is a folder; name a file in it")
    }
    let type = try? FileManager.default.attributesOfItem(atPath: file.path)[.type]
    if let type = type as? FileAttributeType, type != .typeRegular, type != .typeSymbolicLink {
      guard FileManager.default.isWritableFile(atPath: file.path) else {
        throw Unwritable(path: file.path, reason: "permission denied; choose another file")
      }
      return
    }
    guard FileManager.default.isWritableFile(atPath: folder.path) else {
      throw Unwritable(path: file.path, reason: "the folder is not writable; choose another")
    }
  }
}
