import AutoPrune
import Foundation
import TorchBackend

/// One-shot pruning of MLPNet without any weight update: hand-made criteria against the published rows, and the predictor.
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
    _ ranking: Ranking, _ graph: Graph, _ data: DataSet, seeds: [UInt64], _ setting: BenchSetting,
    targets: [Double]?
  ) async throws -> [BenchRow] {
    let levels = setting.isSmoke ? [0.9] : sparsities
    var metrics = [[Double]](repeating: [], count: levels.count)
    for seed in seeds {
      let pruner = AutoPruner(
        engine: try TorchEngine(threads: setting.threads), predictor: ranking)
      let result = try await pruner.sweep(
        graph, on: data, sparsities: try levels.map { try Sparsity($0) },
        options: PruningOptions(budget: .accuracyDrop(points: 0), seed: seed))
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
