import AutoPrune
import Foundation

/// Runs a Python script of `Peers/` and decodes what it prints.
struct PeerScript {
  let name: String
  /// The interpreter that has the peer: Debian's for PyTorch, the project's `.venv` for the rest.
  let interpreter: String
  /// A folder of Python packages that the interpreter does not have.
  var packages: URL?

  struct Failure: Error, CustomStringConvertible {
    let script: String
    let reason: String
    var description: String { "peer '\(script)' failed: \(reason)" }
  }

  /// Folder of the benchmarks' sources, which holds `Peers/`.
  static var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  }

  func run<Output: Decodable>(_ arguments: [String], as type: Output.Type) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter)
    if let packages {
      process.environment = ProcessInfo.processInfo.environment
        .merging(["PYTHONPATH": packages.path]) { $1 }
    }
    process.arguments = [Self.root.appendingPathComponent("Peers/\(name)").path] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(script: name, reason: "exit status \(process.terminationStatus)")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: data)
  }
}

/// Networks that Torch-Pruning makes of a residual network, ready to be evaluated and trained by the same engine.
///
/// - Source: Fang et al., *DepGraph: Towards Any Structural Pruning*, 2023,
///   [arXiv:2301.12900](https://arxiv.org/abs/2301.12900).
struct TorchPruningPeer {
  struct Answer: Decodable {
    let version: String
    /// MACs of the dense network per example.
    let macs: Int
    let networks: [Network]
  }

  struct Network: Decodable {
    let importance: String
    let normalization: String
    /// Share of the MACs to be kept, as asked for.
    let keep: Double
    let macs: Int
    let file: String

    func graph() throws -> Graph { try ONNXReader().read(URL(fileURLWithPath: file)) }
  }

  private let script: PeerScript

  /// Finds Torch-Pruning.
  ///
  /// - Throws: ``DataAbsent`` where it is not installed.
  init() throws {
    let packages = PeerScript.root.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build-peers")
    let module = packages.appendingPathComponent("torch_pruning").path
    guard FileManager.default.fileExists(atPath: module) else {
      throw DataAbsent(path: module, remedy: "`make peers` installs it")
    }
    script = PeerScript(
      name: "torch_pruning_networks.py", interpreter: "/usr/bin/python3", packages: packages)
  }

  /// Prunes a network by every importance to every share.
  ///
  /// - Parameters:
  ///   - graph: a trained ``Architecture/resnet(depth:)``.
  ///   - shares: shares of its MACs to be kept.
  ///   - examples: examples for gradients and batch-norm statistics.
  func prune(
    _ graph: Graph, depth: Int, keeping shares: [Double], with examples: Batch, seed: UInt64,
    importances: [String], in folder: ScratchFolder, threads: Int
  ) throws -> Answer {
    var weights = NPZFile()
    for (name, tensor) in graph.parameters() { weights[name] = tensor }
    var calibration = NPZFile()
    calibration["x"] = examples.inputs[0]
    if case .labels(let labels) = examples.targets {
      calibration["y"] = HostTensor(labels.map { Int64($0) }, shape: [labels.count])
    }
    let files = ["weights.npz", "calibration.npz"].map(folder.file)
    try weights.write(to: files[0], isCompressed: false)
    try calibration.write(to: files[1], isCompressed: false)
    let out = folder.file("peer-\(seed)")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    return try script.run(
      files.map(\.path) + [
        out.path, "--blocks", "\((depth - 2) / 6)", "--seed", "\(seed)", "--threads", "\(threads)",
        "--importances",
      ] + importances + ["--keep"] + shares.map { "\($0)" },
      as: Answer.self)
  }
}
