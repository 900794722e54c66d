import AutoPrune
import Foundation
import TorchBackend

/// A network with units cut out, beside the same network with them masked.
struct CutNetwork {
  let small: Graph
  let masked: Graph
  /// Number of units by kind, before and after.
  let units: [CouplingGroup.Kind: (dense: Int, left: Int)]

  struct Comparison: Decodable {
    /// Largest difference of an output in onnxruntime, relative to the largest output.
    let difference: Double
    /// Standard deviation of the outputs by their largest, so that a constant output is seen.
    let spread: Double
  }

  /// Cuts a network.
  ///
  /// - Parameters:
  ///   - graph: the dense network.
  ///   - share: share of every objective to be kept, 0 … 1.
  ///   - ranking: predictor or criterion.
  ///   - objectives: costs to be reduced.
  ///   - alignment: number of which unit counts are kept multiples.
  ///   - examples: examples for statistics.
  ///   - objective: training objective.
  ///   - engine: engine to run the network with.
  init(
    _ graph: Graph, keeping share: Double, by ranking: CriterionChoice,
    of objectives: [CostObjective],
    alignment: Int = 1, fit examples: ExampleSet, objective: Objective, engine: TorchEngine
  ) throws {
    let session = try PruningSession(graph, engine: engine)
    var options = PruningOptions(
      budget: .sparsity(try Sparsity(1 - share)), seed: 1, granularity: .auto,
      unitAlignment: alignment)
    options.objectives = objectives
    let structure = try StructuredSelector(
      try ranking.criterion(for: options.granularity), session: session, fit: examples,
      objective: objective, options: options)
    let masks = try structure.masks(keeping: share)
    let removed = structure.removedUnits(in: masks)
    small = try structure.smallGraph(of: graph, masks: masks)
    masked = try structure.analysis.masking(removed, in: graph)
    units = structure.analysis.groups.reduce(into: [:]) { counts, group in
      let known = counts[group.kind] ?? (0, 0)
      let left = group.units.count { !removed.contains($0.id) }
      counts[group.kind] = (known.dense + group.units.count, known.left + left)
    }
  }

  /// Writes both networks and has onnxruntime run them on the same drawn inputs.
  func compare(in folder: ScratchFolder, threads: Int) throws -> Comparison {
    let files = try write(to: folder)
    let python = PeerScript.root.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".venv/bin/python").path
    return try PeerScript(name: "compare_models.py", interpreter: python)
      .run([files.masked.path, files.small.path, "\(threads)"], as: Comparison.self)
  }

  func write(to folder: ScratchFolder) throws -> (masked: URL, small: URL) {
    let files = (masked: folder.file("masked.onnx"), small: folder.file("small.onnx"))
    try ONNXWriter().write(masked, to: files.masked)
    try ONNXWriter().write(small, to: files.small)
    return files
  }
}

/// A temporary folder for files that are compared.
struct ScratchFolder {
  private let url: URL

  init(_ name: String) throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-\(name)-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func discard() {
    do { try FileManager.default.removeItem(at: url) } catch {
      FileHandle.standardError.write(Data("'\(url.path)' stays: \(error)\n".utf8))
    }
  }
}
