import AutoPrune
import Foundation
import TorchBackend

/// The main job: LeNet-300-100 trained on MNIST's fit part, then pruned under a budget of 0.3 points with ten epochs.
enum BudgetedPruning: Benchmark {
  static let name = "lenet-300-100"
  static let summary = "LeNet-300-100 on MNIST, --max-drop 0.3 --fine-tune 10, whole run"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let data = try MNIST.load(setting)
    let seeds: [UInt64] = setting.isSmoke ? [1] : [1, 2, 3]
    var sparsity: [Double] = []
    var dense: [Double] = []
    var pruned: [Double] = []
    var seconds: [Double] = []
    for seed in seeds {
      let pruner = AutoPruner(
        engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
      let trained = try await pruner.train(
        try Architecture(setting.isSmoke ? "mlp:784-16-10" : "lenet-300-100").graph(seed: seed),
        on: data,
        plan: TrainingPlan(
          optimizer: .standardAdam, peakLearningRate: 1e-3, epochs: setting.isSmoke ? 0.05 : 20,
          seed: seed))
      let result = try await pruner.prune(
        trained.graph, on: data,
        options: PruningOptions(
          budget: .accuracyDrop(points: 0.3), fineTuneEpochs: setting.isSmoke ? 0.02 : 10,
          timeLimitSeconds: setting.isSmoke ? 2 : nil, seed: seed
        ))
      sparsity.append(100 * result.report.sparsity)
      dense.append(100 * result.report.dense.metric)
      pruned.append(100 * result.report.pruned.metric)
      seconds.append(result.report.seconds)
    }
    func row(
      _ setting: BenchSetting, _ what: String, _ values: [Double], _ unit: String, target: Double?
    )
      -> BenchRow
    {
      BenchRow(
        benchmark: name, setting: what, value: Spread.mean(values), unit: unit,
        spread: Spread.standardDeviation(values), repetitions: values.count, target: target,
        threads: setting.threads, versions: setting.versions)
    }
    return [
      row(setting, "sparsity", sparsity, "%", target: 95),
      row(setting, "dense test accuracy", dense, "%", target: nil),
      row(setting, "pruned test accuracy", pruned, "%", target: nil),
      row(setting, "seconds to prune", seconds, "s", target: 300),
    ]
  }
}
