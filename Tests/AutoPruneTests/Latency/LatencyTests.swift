import Foundation
import PruneCore
import PruneTraining
import Testing
import TorchBackend

@testable import AutoPrune

@Suite("latency")
struct LatencyTests {
  @Test("quantiles are NumPy's")
  func quantiles() {
    // numpy.quantile([1, 2, 4, 8], q) for q = 0, 0.25, 0.5, 0.95, 1
    let expected = [1, 1.75, 3, 7.4, 8]
    for (fraction, value) in zip([0, 0.25, 0.5, 0.95, 1], expected) {
      #expect(abs(Quantile.of([1, 2, 4, 8], fraction) - value) < 1e-12)
    }
    #expect(Quantile.of([3], 0.95) == 3)
    #expect(Quantile.of([], 0.5).isNaN)
  }

  @Test("a drift of the machine leaves the speed-up alone")
  func pairing() {
    let divergenceGradient = [1.0, 3, 10, 2]
    let slow = divergenceGradient.map { [0.2 * $0, 0.2 * $0] }
    let fast = divergenceGradient.map { [0.1 * $0, 0.1 * $0] }
    let speedup = Speedup(from: slow, to: fast)
    #expect(abs(speedup.median - 2) < 1e-12)
    #expect(abs(speedup.lowerQuartile - 2) < 1e-12 && abs(speedup.upperQuartile - 2) < 1e-12)
  }

  @Test("networks take turns, after the warm-up")
  func turns() throws {
    var calls: [Int] = []
    let meter = LatencyMeter(blocks: 3, secondsPerBlock: 0, warmUpRuns: 2)
    let seconds = try meter.measure([{ calls.append(0) }, { calls.append(1) }])
    let block = [0, 0, 0, 1, 1, 1]
    #expect(calls == [0, 0, 1, 1] + block + block + block)
    #expect(seconds.map { $0.map(\.count) } == [[3, 3, 3], [3, 3, 3]])
    #expect(seconds.allSatisfy { $0.allSatisfy { $0.allSatisfy { $0 >= 0 } } })
  }

  @Test("example inputs take their batch where the graph leaves it open")
  func inputs() throws {
    let graph = try Architecture("lenet5").graph(seed: 1)
    let inputs = try #require(graph.exampleInputs(batch: 3, seed: 1))
    #expect(inputs.map(\.shape) == [[3, 1, 28, 28]])
    #expect(inputs == graph.exampleInputs(batch: 3, seed: 1))
    #expect(graph.exampleInputs()?.first == .zeros([1, 1, 28, 28]))
  }

  @Test("a smaller network is compared with a larger one, also in onnxruntime where there is one")
  func comparison() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "latency-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try ["mlp:64-8-4", "mlp:64-256-4"].enumerated().map { index, name in
      let file = folder.appending(path: "\(index).onnx")
      try ONNXWriter().write(try Architecture(name).graph(seed: 1), to: file)
      return file
    }
    let peer = Self.peer
    let comparison = try LatencyComparison(
      of: files, batches: [1, 4], engine: try TorchEngine(threads: 1),
      meter: LatencyMeter(blocks: 2, secondsPerBlock: 0.001), peer: peer)
    #expect(comparison.networks.map(\.macs) == [64 * 8 + 8 * 4, 64 * 256 + 256 * 4])
    #expect(comparison.measurements.count == (peer == nil ? 2 : 4))
    #expect(comparison.notes.isEmpty, "\(comparison.notes)")
    for measurement in comparison.measurements {
      #expect(measurement.latencies.count == 2)
      #expect(measurement.latencies.allSatisfy { $0.medianSeconds > 0 && $0.runs >= 6 })
      #expect(measurement.latencies.allSatisfy { $0.p95Seconds >= $0.medianSeconds })
      #expect(measurement.speedup?.median ?? 0 > 0)
    }
  }

  @Test(
    "onnxruntime says why it cannot run a batch", .enabled(if: peer != nil, "no onnxruntime"))
  func fixedBatch() throws {
    var graph = try Architecture("mlp:4-3-2").graph(seed: 1)
    graph.inputs[0].shape = [.fixed(1), .fixed(4)]
    let file = FileManager.default.temporaryDirectory.appending(path: "fixed-\(UUID()).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    try ONNXWriter().write(graph, to: file)
    let comparison = try LatencyComparison(
      of: [file], batches: [8], engine: try TorchEngine(threads: 1),
      meter: LatencyMeter(blocks: 1, secondsPerBlock: 0.001), peer: Self.peer)
    #expect(comparison.measurements.count == 1)
    #expect(comparison.notes.first?.contains("fixes its batch to 1") == true)
  }

  @Test("without a Python there is no peer")
  func noPeer() {
    #expect(RuntimePeer.find(environment: ["PATH": "/nonexistent"]) == nil || Self.peer != nil)
    #expect(RuntimePeer(interpreter: URL(filePath: "/bin/false")).hasRuntime == false)
  }

  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let peer: RuntimePeer? = RuntimePeer.find(environment: [
    "AUTOPRUNE_PYTHON": package.appending(path: ".venv/bin/python").path
  ])
}
