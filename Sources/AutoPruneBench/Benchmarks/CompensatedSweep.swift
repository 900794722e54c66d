import AutoPrune
import Foundation
import TorchBackend

/// MLPNet pruned in stages with compensation: no training, then with the bounded gradient steps; the predictor against LAMP
/// in the same loop, seed by seed.
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

  /// By sparsity, then by seed.
  private static func points(
    _ ranking: Ranking, _ compensation: Compensation, _ sparsities: [Double], _ seeds: [UInt64],
    _ graph: Graph, _ data: DataSet, _ setting: BenchSetting
  ) async throws -> [[SweepPoint]] {
    var result = [[SweepPoint]](repeating: [], count: sparsities.count)
    for seed in seeds {
      let pruner = AutoPruner(
        engine: try TorchEngine(threads: setting.threads), predictor: ranking)
      let sweep = try await pruner.sweep(
        graph, on: data, sparsities: try sparsities.map { try Sparsity($0) },
        options: PruningOptions(
          budget: .accuracyDrop(points: 0), seed: seed, compensation: compensation))
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
