import AutoPrune
import Dispatch
import Foundation
import PruneSupport
import Synchronization

/// Time and memory from features to a mask, statistics given, against PyTorch's global magnitude pruning of the same tensor.
enum Scoring: Benchmark {
  static let name = "scoring"
  static let summary =
    "features to mask for 100 million weights against torch's global_unstructured, L1"

  private struct Peer: Decodable {
    let seconds: Double
    let kept: Int
    let version: String
  }

  private static let density = 0.1

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let side = setting.isSmoke ? 400 : 10_000
    let network = network(side: side)
    let peer = try measurePeer(network.weights[0], side: side, setting)
    let context = Context(
      setting: setting, weights: side * side, peer: peer,
      bandwidth: MemoryMeter.readBandwidth(of: network.weights[0]))
    return try learned(network, context) + handMade(network, context)
  }

  private static func learned(_ network: NetworkState, _ context: Context) throws -> [BenchRow] {
    let predictor = try ShippedPresets.preset(named: "default").predictor
    var state = PruningState(network)
    state.observe(maskGradients: [noise(network.weightCount, seed: 4)])
    return try context.rows(
      "default preset, \(predictor.featureNames.count) features in a selection under way",
      bytesPerWeight: 13
    ) {
      let extraction = StateExtraction(
        try FeatureExtraction(names: predictor.featureNames), of: network)
      guard
        let scorer = predictor.chunkScorer(
          for: extraction.features(of: state), targetDensity: density)
      else { return 0 }
      return try StreamedSelection(
        layers: network.layers, current: network.masks, scorer: scorer
      ).masks(keeping: density).keptCount
    }
  }

  private static func handMade(_ network: NetworkState, _ context: Context) throws -> [BenchRow] {
    let criterion = try SaliencyCriteria.named("magnitude")
    return try context.rows("criterion magnitude", bytesPerWeight: 5) {
      try Selection.masks(
        keeping: density, scores: criterion.saliencies(of: network, seed: 0),
        layers: network.layers
      ).keptCount
    }
  }

  private struct Context {
    let setting: BenchSetting
    let weights: Int
    let peer: Peer
    let bandwidth: Double

    /// Rows of time, memory and the time that memory bandwidth allows.
    ///
    /// - Parameters:
    ///   - what: setting of the rows.
    ///   - bytesPerWeight: bytes per weight that must be read or written at least.
    ///   - body: returns the number of weights kept.
    func rows(
      _ what: String, bytesPerWeight: Int, _ body: () throws -> Int
    ) throws -> [BenchRow] {
      try MemoryMeter.reset()
      let start = ContinuousClock.now
      let kept = try body()
      let seconds = (ContinuousClock.now - start).seconds
      let peak = Double(try MemoryMeter.peakBytes())
      let floor = Double(bytesPerWeight * weights) / bandwidth
      let gigabyte = 1e9
      return [
        row(
          "\(what): \(weights) weights, \(kept) kept (peer \(peer.kept))", seconds, "s",
          peer: peer.seconds, target: peer.seconds / 4),
        row("\(what): times as fast", peer.seconds / seconds, "×", peer: 1, target: 4),
        row(
          "\(what): peak memory, weights and statistics included", peak / gigabyte, "GB",
          target: (Double(12 * weights) + 512 * 1_048_576) / gigabyte),
        row(
          "\(what): share of \(Int((bandwidth / gigabyte).rounded())) GB/s of memory bandwidth",
          100 * floor / seconds, "%"),
      ]
    }

    private func row(
      _ what: String, _ value: Double, _ unit: String, peer: Double? = nil, target: Double? = nil
    ) -> BenchRow {
      BenchRow(
        benchmark: name, setting: what, value: value, unit: unit, peer: peer,
        peerName: "PyTorch \(self.peer.version)", target: target, threads: setting.threads,
        versions: setting.versions)
    }
  }

  private static func measurePeer(
    _ weights: [Float], side: Int, _ setting: BenchSetting
  ) throws -> Peer {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-bench-\(UUID()).f32")
    defer { try? FileManager.default.removeItem(at: file) }
    guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let handle = try FileHandle(forWritingTo: file)
    for start in stride(from: 0, to: weights.count, by: 1 << 20) {
      try weights[start..<min(weights.count, start + 1 << 20)].withUnsafeBytes {
        try handle.write(contentsOf: Data($0))
      }
    }
    try handle.close()
    return try PeerScript(name: "torch_global_pruning.py", interpreter: "/usr/bin/python3").run(
      [
        file.path, "--rows", "\(side)", "--columns", "\(side)", "--sparsity", "\(1 - density)",
        "--threads", "\(setting.threads)",
      ], as: Peer.self)
  }

  /// A linear layer with every statistic that the preset asks for.
  private static func network(side: Int) -> NetworkState {
    let layer = PrunableLayer(
      name: "layer", kind: .linear, parameter: "w", shape: [side, side],
      layout: WeightLayout(outputs: side, inputs: side), nodes: [])
    var statistics = LayerStatistics()
    statistics.examples = 1000
    statistics.positions = 1000
    statistics.inputSum = noise(side, seed: 1)
    statistics.inputSquareSum = noise(side, seed: 2).map { 1 + $0 * $0 }
    return NetworkState(
      layers: [layer], weights: [noise(side * side, seed: 3)], statistics: [statistics])
  }

  /// Nearly normal numbers, sums of four uniform ones. Written in place: freed parts would count as memory in use.
  private static func noise(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed, stream: "noise")
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      for index in 0..<count {
        let bits = generator.next()
        let sum = (0..<4).reduce(Float.zero) { sum, quarter in
          sum + Float(Int16(truncatingIfNeeded: bits >> (16 * quarter)))
        }
        values.initializeElement(at: index, to: sum / 65_536)
      }
      initialized = count
    }
  }
}

/// Resident memory of this process, as Linux counts it, and the bandwidth of the machine's memory.
enum MemoryMeter {
  /// Forgets the peak so far.
  static func reset() throws {
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  /// Peak of the resident memory since ``reset()``, in bytes.
  static func peakBytes() throws -> Int {
    let status = try String(contentsOf: URL(fileURLWithPath: "/proc/self/status"), encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return 1024 * (line.split(separator: " ").compactMap { Int($0) }.first ?? 0)
  }

  /// Bytes per second at which all cores together read memory, the best of five sweeps.
  static func readBandwidth(of values: [Float]) -> Double {
    let parts = 64
    let length = values.count / parts
    let sums = Mutex(Float.zero)
    return (0..<5).map { _ in
      let start = ContinuousClock.now
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let sum = values.withUnsafeBufferPointer { values in
          var lanes = SIMD16<Float>.zero
          let end = (part + 1) * length
          var index = part * length
          while index &+ 16 <= end {
            for lane in 0..<16 { lanes[lane] += values[index &+ lane] }
            index &+= 16
          }
          return lanes.sum()
        }
        sums.withLock { $0 += sum }
      }
      return Double(4 * parts * length) / (ContinuousClock.now - start).seconds
    }.max() ?? .nan
  }
}
