import AutoPrune
import Foundation
import TorchBackend

/// Convolutional networks with twice fewer MACs, timed in onnxruntime and in the engine in turns with the dense ones.
///
/// The networks are untrained: latency does not depend on the values of weights.
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

  /// Alignment of channels: the float32 lanes of the widest vectors, a multiple of those of narrower ones.
  private static var lanes: Int { 16 }
}

/// Sequence models with twice fewer MACs, timed in onnxruntime and in the engine in turns with the dense ones.
///
/// The networks are untrained: latency does not depend on the values of weights.
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

/// Latency of a cut network in onnxruntime and in the engine, timed in turns with the dense one.
struct SpeedComparison {
  private let comparison: LatencyComparison
  private let setting: BenchSetting

  private let blocks: Int

  init(of small: Graph, against dense: Graph, in folder: ScratchFolder, _ setting: BenchSetting)
    throws
  {
    self.setting = setting
    blocks = setting.isSmoke ? 1 : 20
    let files = [folder.file("small.onnx"), folder.file("dense.onnx")]
    try ONNXWriter().write(small, to: files[0])
    try ONNXWriter().write(dense, to: files[1])
    comparison = try LatencyComparison(
      of: files, batches: [1, 32], engine: try TorchEngine(threads: setting.threads),
      meter: LatencyMeter(blocks: blocks, secondsPerBlock: setting.isSmoke ? 0.001 : 0.1),
      peer: RuntimePeer.find())
  }

  /// MACs of the cut network as a fraction of the dense network's.
  var macsLeft: Double {
    let macs = comparison.networks.map { Double($0.macs ?? 0) }
    return macs[0] / max(1, macs[1])
  }

  /// Speed-ups, one row per runtime and batch.
  ///
  /// - Parameters:
  ///   - benchmark: name of the benchmark.
  ///   - label: start of the rows' setting.
  ///   - target: speed-up aimed at in onnxruntime; `nil` where none is promised.
  func rows(of benchmark: String, label: String, target: Double?) -> [BenchRow] {
    comparison.measurements.compactMap { measurement in
      measurement.speedup.map { speedup in
        BenchRow(
          benchmark: benchmark, setting: "\(label), \(measurement.runtime), times as fast",
          column: "batch \(measurement.batch)", value: speedup.median, unit: "×",
          spread: (speedup.upperQuartile - speedup.lowerQuartile) / 2, repetitions: blocks,
          target: measurement.runtime.hasPrefix("onnxruntime") ? target : nil,
          threads: setting.threads, versions: setting.versions)
      }
    }
  }
}
