import AutoPrune
import Foundation
import TorchBackend

/// A cut network timed in onnxruntime and in the engine, in turns with the dense one.
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

  /// Of the dense network's.
  var macsLeft: Double {
    let macs = comparison.networks.map { Double($0.macs ?? 0) }
    return macs[0] / max(1, macs[1])
  }

  /// One row per runtime and batch.
  ///
  /// - Parameter target: of onnxruntime; `nil` where nothing is promised.
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
