import AutoPrune
import Foundation
import TorchBackend

/// LeNet-300-100 trained on the training part of MNIST, then pruned under a budget of 0.3 points with ten epochs.
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
          budget: .maximumDrop(points: 0.3), fineTuneEpochs: setting.isSmoke ? 0.02 : 10,
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

/// Share of certified runs that exceed their budget on unseen data. Small networks on generated data, so that the true
/// drop can be measured on any number of examples.
enum BudgetHolds: Benchmark {
  static let name = "budget-holds"
  static let summary = "true drop on 100,000 fresh examples against budgets of 0.2 to 3 points"

  private static var budgets: [Double] { [0.2, 0.5, 1, 2, 3] }

  /// One run: a network of its own, trained and pruned on examples of its own.
  private struct Repetition {
    let budget: Double
    let certificate: Certificate?
    let trueDropPoints: Double
    let sparsity: Double
    let seconds: Double

    var isExceeded: Bool { trueDropPoints > budget }
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let count = setting.isSmoke ? 2 : 240
    var repetitions: [Repetition] = []
    for index in 0..<count {
      repetitions.append(
        try await repetition(
          seed: UInt64(index + 1), budget: budgets[index % budgets.count], setting: setting))
      if (index + 1).isMultiple(of: 20) {
        let certified = repetitions.filter { $0.certificate != nil }
        FileHandle.standardError.write(
          Data(
            "\(index + 1) runs, \(certified.count) certified, \(certified.count(where: \.isExceeded)) exceed\n"
              .utf8))
      }
    }
    let certified = repetitions.filter { $0.certificate != nil }
    let exceeded = certified.count(where: \.isExceeded)
    func row(_ what: String, _ value: Double, _ unit: String, target: Double? = nil) -> BenchRow {
      BenchRow(
        benchmark: name, setting: what, value: value, unit: unit, repetitions: certified.count,
        target: target, threads: setting.threads, versions: setting.versions)
    }
    return [
      row("certified runs of \(count)", Double(certified.count), ""),
      row(
        "certified runs beyond the budget",
        100 * Double(exceeded) / Double(max(1, certified.count)),
        "%", target: 5),
      row(
        "median of budget − true drop",
        Spread.median(certified.map { $0.budget - $0.trueDropPoints }),
        "points"),
      row(
        "median of bound − true drop",
        Spread.median(
          certified.compactMap { run in
            run.certificate.map { $0.dropUpperBoundPoints - run.trueDropPoints }
          }), "points"),
      row("median sparsity", 100 * Spread.median(certified.map(\.sparsity)), "%"),
      row("median seconds of a run", Spread.median(repetitions.map(\.seconds)), "s"),
    ]
  }

  private static func repetition(
    seed: UInt64, budget: Double, setting: BenchSetting
  ) async throws -> Repetition {
    let clusters = GeneratedClusters(seed: seed)
    let data = try DataSet(
      name: "clusters",
      train: try clusters.examples(setting.isSmoke ? 3_000 : 15_000, stream: "train"),
      test: try clusters.examples(setting.isSmoke ? 2_000 : 100_000, stream: "held out"))
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
    let trained = try await pruner.train(
      try Architecture("mlp:12-32-16-4").graph(seed: seed), on: data,
      plan: TrainingPlan(
        optimizer: .standardAdam, peakLearningRate: 5e-3, batchSize: 128, epochs: 4, seed: seed),
      splitSeed: seed)
    let pruned = try await pruner.prune(
      trained.graph, on: data,
      options: PruningOptions(
        budget: .maximumDrop(points: budget), fineTuneEpochs: 2, seed: seed), splitSeed: seed)
    let report = pruned.report
    return Repetition(
      budget: budget, certificate: report.certificate,
      trueDropPoints: 100 * (report.dense.metric - report.pruned.metric),
      sparsity: report.sparsity, seconds: report.seconds)
  }
}
