import AutoPrune
import Foundation
import TorchBackend

/// Test accuracy of the published MLPNet checkpoint: does the engine compute what its authors computed?
enum DenseAccuracy: Benchmark {
  static let name = "dense-accuracy"
  static let summary = "MLPNet on MNIST's test part, published as 93.97 %"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let graph = try ONNXReader().read(try setting.require("mlpnet-mnist/mlpnet_mnist.onnx"))
    let test = try MNIST.load(setting).test.fitted(to: graph)
    let engine = try TorchEngine(threads: setting.threads)
    let examples = setting.isSmoke ? test.subset(Array(0..<200)) : test
    let evaluation = try Evaluator<TorchEngine>(metric: .accuracy).evaluate(
      try engine.prepare(graph), of: graph, with: engine, on: examples)
    let peer = setting.isSmoke ? nil : try peer(setting)
    return [
      BenchRow(
        benchmark: name, setting: "MLPNet, \(examples.count) examples",
        value: 100 * evaluation.value, unit: "%", peer: peer, peerName: "onnxruntime",
        target: 93.97, threads: setting.threads, versions: setting.versions)
    ]
  }
}

extension DenseAccuracy {
  private struct Peer: Decodable {
    let accuracy: Double
  }

  /// The same network and data in onnxruntime, in per cent.
  private static func peer(_ setting: BenchSetting) throws -> Double {
    let python = PeerScript.root.appendingPathComponent("../../.venv/bin/python").standardized
    let script = PeerScript(name: "onnxruntime_accuracy.py", interpreter: python.path)
    return 100
      * (try script.run(
        [
          try setting.require("mlpnet-mnist/mlpnet_mnist.onnx").path,
          try setting.require("mnist").path, "--mean", "0.1307", "--std", "0.3081",
        ], as: Peer.self)).accuracy
  }
}
