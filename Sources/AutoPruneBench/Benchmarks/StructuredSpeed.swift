import AutoPrune
import Foundation
import TorchBackend

/// Convolutional networks with twice fewer MACs, timed in onnxruntime and in the engine in turns with the dense ones.
///
/// Latency does not depend on the values of weights, so that untrained networks do.
enum StructuredSpeed: Benchmark {
  static let name = "structured-speed"
  static let summary =
    "convolutional networks cut to half their MACs, times faster than dense (1.5 promised)"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let folder = try ScratchFolder(name)
    defer { folder.discard() }
    var rows: [BenchRow] = []
    for (label, graph) in try networks(setting) {
      for alignment in [lanes, 1] {
        rows += try measure(label, graph, alignment: alignment, in: folder, setting)
      }
    }
    return rows
  }

  private static func networks(_ setting: BenchSetting) throws -> [(String, Graph)] {
    let image = [3, 32, 32]
    let wanted: [(String, String, ArchitectureOptions)] = [
      ("LeNet-5", "lenet5", ArchitectureOptions()),
      (
        "VGG-like, 64 to 512 channels", "cnn:64-128-256-512",
        ArchitectureOptions(inputShape: image, hasBatchNormalization: true)
      ),
      ("ResNet-20", "resnet20", ArchitectureOptions(inputShape: image)),
      (
        "ResNet-20, 64 to 256 channels", "resnet20",
        ArchitectureOptions(inputShape: image, channels: [64, 128, 256])
      ),
    ]
    return try (setting.isSmoke ? Array(wanted.prefix(1)) : wanted).map { label, name, options in
      (label, try Architecture(name).graph(options: options, seed: 1))
    }
  }

  private static func measure(
    _ model: String, _ graph: Graph, alignment: Int, in folder: ScratchFolder,
    _ setting: BenchSetting
  ) throws -> [BenchRow] {
    let engine = try TorchEngine(threads: setting.threads)
    let cut = try CutNetwork(
      graph, keeping: 0.5, by: .units(.gate), of: [.macs], alignment: alignment,
      fit: try DataSet.random(for: graph, examples: 64).train.fitted(to: graph),
      objective: .crossEntropy(labelSmoothing: 0), engine: engine)
    let comparison = try SpeedComparison(of: cut.small, against: graph, in: folder, setting)
    let counts = alignment == 1 ? "any numbers of channels" : "multiples of \(alignment)"
    let macs = BenchRow(
      benchmark: name, setting: "\(model), \(counts), MACs left",
      value: 100 * comparison.macsLeft, unit: "%", threads: setting.threads,
      versions: setting.versions)
    return [macs]
      + comparison.rows(
        of: name, label: "\(model), \(counts)", target: alignment > 1 ? 1.5 : nil)
  }

  /// Of the widest vectors there are, and a multiple of those of all others.
  private static var lanes: Int { 16 }
}
