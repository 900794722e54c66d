import AutoPrune
import Foundation
import TorchBackend

/// Test accuracy of the published MLPNet checkpoint, beside the published figure and onnxruntime.
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

  /// Accuracy of the same network on the same data in onnxruntime, in per cent.
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

/// One-shot pruning of MLPNet without any weight update: hand-made criteria beside the published figures, and the predictor.
enum SparsitySweep: Benchmark {
  static let name = "mlpnet-sweep"
  static let summary = "MLPNet pruned in one step, no weight update, test accuracy"

  private static let sparsities = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
  private static let published: [String: [Double]] = [
    "magnitude": [93.93, 93.78, 93.62, 92.88, 90.28, 83.64, 32.25],
    "lamp": [93.87, 93.68, 93.61, 92.95, 90.28, 83.88, 58.08],
  ]

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let graph = try ONNXReader().read(try setting.require("mlpnet-mnist/mlpnet_mnist.onnx"))
    let data = try MNIST.load(setting)
    let seeds: [UInt64] = setting.isSmoke ? [0] : [0, 1, 2, 3, 4]
    var rows: [BenchRow] = []
    for criterion in ["magnitude", "lamp", "wanda", "fisher"] {
      rows += try await sweep(
        .criterion(named: criterion), graph, data, seeds: [0], setting,
        targets: published[criterion])
    }
    rows += try await sweep(.preset("default"), graph, data, seeds: seeds, setting, targets: nil)
    return rows
  }

  private static func sweep(
    _ ranking: CriterionChoice, _ graph: Graph, _ data: DataSet, seeds: [UInt64],
    _ setting: BenchSetting,
    targets: [Double]?
  ) async throws -> [BenchRow] {
    let levels = setting.isSmoke ? [0.9] : sparsities
    var metrics = [[Double]](repeating: [], count: levels.count)
    for seed in seeds {
      let pruner = AutoPruner(
        engine: try TorchEngine(threads: setting.threads), predictor: ranking)
      let result = try await pruner.sweep(
        graph, on: data, sparsities: try levels.map { try Sparsity($0) },
        options: PruningOptions(budget: .maximumDrop(points: 0), seed: seed))
      for (index, point) in result.points.enumerated() { metrics[index].append(100 * point.metric) }
    }
    return levels.enumerated().map { index, level in
      BenchRow(
        benchmark: name, setting: ranking.name, column: "\(level)",
        value: Spread.mean(metrics[index]), unit: "%",
        spread: seeds.count > 1 ? Spread.standardDeviation(metrics[index]) : nil,
        repetitions: seeds.count,
        target: targets.flatMap { list in
          sparsities.firstIndex(of: level).map { list[$0] }
        }, threads: setting.threads, versions: setting.versions)
    }
  }
}

/// MLPNet pruned in stages with compensation, without training and with bounded gradient steps: the predictor against
/// LAMP in the same loop, seed by seed.
enum CompensatedSweep: Benchmark {
  static let name = "mlpnet-compensation"
  static let summary =
    "MLPNet with compensation, test accuracy, seconds and evaluations per sparsity"

  /// Sparsities with the accuracies aimed at.
  private static let closedForm = [(0.8, 93.8), (0.9, 93.3), (0.95, 92.2), (0.98, 88.5)]
  private static let firstOrder = [(0.9, 95.4), (0.95, 94.8), (0.98, 91.5)]

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let graph = try ONNXReader().read(try setting.require("mlpnet-mnist/mlpnet_mnist.onnx"))
    let data = try MNIST.load(setting)
    var rows: [BenchRow] = []
    for (compensation, targets, limit) in [
      (Compensation.closedForm, closedForm, 60.0), (.firstOrder, firstOrder, 180.0),
    ] {
      let asked = setting.isSmoke ? Array(targets.prefix(1)) : targets
      let seeds: [UInt64] = setting.isSmoke ? [0] : [0, 1, 2]
      let ours = try await points(
        .preset("default"), compensation, asked.map(\.0), seeds, graph, data, setting)
      let lamp = try await points(
        .criterion(named: "lamp"), compensation, asked.map(\.0), seeds, graph, data, setting)
      for (index, (sparsity, target)) in asked.enumerated() {
        let title = "\(compensation.rawValue) at \(sparsity)"
        let own = ours[index]
        let peer = lamp[index].map { 100 * $0.metric }
        let accuracy = own.map { 100 * $0.metric }
        rows.append(
          row(title, accuracy, "%", setting, target: target, peer: Spread.mean(peer)))
        rows.append(
          row("\(title), over LAMP", zip(accuracy, peer).map { $0 - $1 }, "points", setting))
        rows.append(row("\(title), whole run", own.map(\.seconds), "s", setting, target: limit))
        let records = own.compactMap(\.compensation)
        rows.append(
          row(
            "\(title), losses judged", records.map { Double($0.evaluations) }, "evaluations",
            setting))
        rows.append(
          row(
            "\(title), stages the predictor chose",
            records.map { 100 * Double($0.rankedStages) / Double(max($0.stages, 1)) }, "%", setting)
        )
        if compensation == .firstOrder {
          rows.append(
            row(
              "\(title), gradient steps", records.map { Double($0.gradientSteps) }, "steps", setting
            ))
        }
      }
    }
    return rows
  }

  /// Points of the sweep by sparsity, then by seed.
  private static func points(
    _ ranking: CriterionChoice, _ compensation: Compensation, _ sparsities: [Double],
    _ seeds: [UInt64],
    _ graph: Graph, _ data: DataSet, _ setting: BenchSetting
  ) async throws -> [[SweepPoint]] {
    var result = [[SweepPoint]](repeating: [], count: sparsities.count)
    for seed in seeds {
      let pruner = AutoPruner(
        engine: try TorchEngine(threads: setting.threads), predictor: ranking)
      let sweep = try await pruner.sweep(
        graph, on: data, sparsities: try sparsities.map { try Sparsity($0) },
        options: PruningOptions(
          budget: .maximumDrop(points: 0), seed: seed, compensation: compensation))
      for (index, point) in sweep.points.enumerated() { result[index].append(point) }
    }
    return result
  }

  private static func row(
    _ title: String, _ values: [Double], _ unit: String, _ setting: BenchSetting,
    target: Double? = nil, peer: Double? = nil
  ) -> BenchRow {
    BenchRow(
      benchmark: name, setting: title, value: Spread.mean(values), unit: unit,
      spread: values.count > 1 ? Spread.standardDeviation(values) : nil,
      repetitions: values.count, peer: peer, peerName: peer == nil ? nil : "LAMP, same loop",
      target: target, threads: setting.threads, versions: setting.versions)
  }
}
