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
    let files = [folder.file("small.onnx"), folder.file("dense.onnx")]
    try ONNXWriter().write(cut.small, to: files[0])
    try ONNXWriter().write(graph, to: files[1])
    let comparison = try LatencyComparison(
      of: files, batches: [1, 32], engine: engine,
      meter: LatencyMeter(
        blocks: setting.isSmoke ? 1 : 20, secondsPerBlock: setting.isSmoke ? 0.001 : 0.1),
      peer: RuntimePeer.find())
    let macs = comparison.networks.map { Double($0.macs ?? 0) }
    func row(_ what: String, _ value: Double, _ unit: String) -> BenchRow {
      BenchRow(
        benchmark: name, setting: "\(model), \(what)", value: value, unit: unit,
        threads: setting.threads, versions: setting.versions)
    }
    var rows = [row("MACs left", 100 * macs[0] / max(1, macs[1]), "%")]
    for measurement in comparison.measurements {
      guard let speedup = measurement.speedup else { continue }
      var row = row("\(measurement.runtime), times as fast", speedup.median, "×")
      row.column = "batch \(measurement.batch)"
      row.spread = (speedup.upperQuartile - speedup.lowerQuartile) / 2
      row.repetitions = setting.isSmoke ? 1 : 20
      if measurement.runtime.hasPrefix("onnxruntime") { row.target = 1.3 }
      rows.append(row)
    }
    return rows
  }
}
