import AutoPrune
import Foundation
import PruneSupport
import TorchBackend

/// Optimizer steps per second beside PyTorch: same network, batch, optimizer and threads, in alternating blocks.
enum TrainingSpeed: Benchmark {
  static let name = "training-speed"
  static let summary = "optimizer steps per second against PyTorch, batch 128, SGD with momentum"

  private struct Peer: Decodable {
    let stepsPerSecond: Double
    let version: String?
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    try ["lenet5", "resnet20"].map { try measure($0, setting) }
  }

  private static func measure(_ network: String, _ setting: BenchSetting) throws -> BenchRow {
    let blocks = setting.isSmoke ? 1 : 5
    let steps = setting.isSmoke ? 2 : network == "lenet5" ? 60 : 12
    let engine = try TorchEngine(threads: setting.threads)
    let graph = try Architecture(network).graph(seed: 1)
    let program = try engine.prepare(graph)
    let batch = try randomBatch(for: graph, count: 128)
    let step = TrainingStep(
      objective: .crossEntropy(labelSmoothing: 0), optimizer: .momentum, learningRate: 0.01)
    for _ in 0..<(setting.isSmoke ? 1 : 5) { _ = try engine.train(program, on: batch, step: step) }
    let script = PeerScript(name: "torch_training.py", interpreter: "/usr/bin/python3")
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<blocks {
      let start = ContinuousClock.now
      for _ in 0..<steps { _ = try engine.train(program, on: batch, step: step) }
      ours.append(Double(steps) / (ContinuousClock.now - start).seconds)
      let peer = try script.run(
        [
          "--network", network, "--batch", "128", "--threads", "\(setting.threads)", "--blocks",
          "1", "--steps", "\(steps)",
        ], as: Peer.self)
      theirs.append(peer.stepsPerSecond)
    }
    let median = Spread.median(ours)
    return BenchRow(
      benchmark: name, setting: "\(network), \(setting.threads) threads", value: median,
      unit: "steps/s", spread: Spread.halfInterquartileRange(ours), repetitions: blocks,
      peer: Spread.median(theirs), peerName: "PyTorch", target: Spread.median(theirs),
      threads: setting.threads, versions: setting.versions)
  }

  private static func randomBatch(for graph: Graph, count: Int) throws -> Batch {
    var generator = SeededGenerator(seed: 7)
    let shape = (graph.dataInputs[0].shape ?? []).dropFirst().map { axis in
      if case .fixed(let extent) = axis { extent } else { 1 }
    }
    let values = (0..<count * shape.reduce(1, *)).map { _ in Float(generator.uniform() - 0.5) }
    return Batch(
      inputs: [HostTensor(values, shape: [count] + shape)],
      targets: .labels((0..<count).map { $0 % 10 }))
  }
}
