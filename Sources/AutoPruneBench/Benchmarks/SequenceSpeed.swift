import AutoPrune
import Foundation
import TorchBackend

/// Sequence models with twice fewer MACs, timed in onnxruntime and in the engine in turns with the dense ones.
///
/// Latency does not depend on the values of weights, so that untrained networks do.
enum SequenceSpeed: Benchmark {
  static let name = "structured-sequence-speed"
  static let summary = "LSTM and transformer cut to half their MACs, times faster than dense"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let folder = try ScratchFolder(name)
    defer { folder.discard() }
    let width = setting.isSmoke ? 16 : 256
    let lstm = try Architecture.lstm.graph(
      options: ArchitectureOptions(inputShape: [64, 20], hidden: [width]), seed: 1)
    let transformer = try Architecture.transformerSmall.graph(
      options: ArchitectureOptions(
        inputShape: [64], hidden: [width], depth: 2, heads: 4, vocabulary: 65), seed: 1)
    return try measure("LSTM, \(width) hidden units", lstm, in: folder, setting)
      + measure("character transformer, width \(width)", transformer, in: folder, setting)
  }

  private static func measure(
    _ model: String, _ graph: Graph, in folder: ScratchFolder, _ setting: BenchSetting
  ) throws -> [BenchRow] {
    let engine = try TorchEngine(threads: setting.threads)
    let cut = try CutNetwork(
      graph, keeping: 0.5, by: .criterion(named: "l1"), of: [.macs],
      fit: try DataSet.random(for: graph, examples: 10).train.fitted(to: graph),
      objective: .crossEntropy(labelSmoothing: 0), engine: engine)
    let comparison = try SpeedComparison(of: cut.small, against: graph, in: folder, setting)
    let macs = BenchRow(
      benchmark: name, setting: "\(model), MACs left", value: 100 * comparison.macsLeft, unit: "%",
      threads: setting.threads, versions: setting.versions)
    return [macs] + comparison.rows(of: name, label: model, target: 1.3)
  }
}
