import AutoPrune
import Foundation

/// Networks that Torch-Pruning makes of a residual network, ready to be evaluated and trained by the same engine.
///
/// - Source: Fang et al., *DepGraph: Towards Any Structural Pruning*, 2023,
///   [arXiv:2301.12900](https://arxiv.org/abs/2301.12900).
struct TorchPruningPeer {
  struct Answer: Decodable {
    let version: String
    /// Of the dense network.
    let macs: Int
    let networks: [Network]
  }

  struct Network: Decodable {
    let importance: String
    let normalization: String
    /// Share of the MACs that was asked for.
    let keep: Double
    let macs: Int
    let file: String

    func graph() throws -> Graph { try ONNXReader().read(URL(fileURLWithPath: file)) }
  }

  private let script: PeerScript

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

  /// - Parameters:
  ///   - graph: a ``Architecture/resnet(depth:)``, trained.
  ///   - shares: of its MACs, to be kept.
  ///   - examples: for gradients and batch-norm statistics.
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
