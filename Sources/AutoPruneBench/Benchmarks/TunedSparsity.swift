import AutoPrune
import Foundation
import TorchBackend

/// Networks pruned to stated sparsities with fine-tuning: the default against gradual magnitude and gradual LAMP from the
/// same dense network, with the same epochs, schedule and seeds.
struct TunedSparsity {
  struct Level {
    /// Name of the level in the table.
    let name: String
    let sparsity: Double
    /// Test accuracy asked of the default, in percent.
    let target: Double
  }

  let benchmark: String
  let levels: [Level]
  let epochs: Double
  let setting: BenchSetting

  /// Rows of all levels.
  ///
  /// - Parameters:
  ///   - data: data to fine-tune and test on.
  ///   - dense: returns the trained network of a seed.
  func rows(on data: DataSet, dense: (UInt64) async throws -> Graph) async throws -> [BenchRow] {
    let seeds: [UInt64] = setting.isSmoke ? [1] : [1, 2, 3]
    let arms = [
      try CriterionChoice.preset("default"), try .criterion(named: "magnitude"),
      try .criterion(named: "lamp"),
    ]
    var networks: [Graph] = []
    for seed in seeds { networks.append(try await dense(seed)) }
    var rows: [BenchRow] = []
    for level in setting.isSmoke ? Array(levels.prefix(1)) : levels {
      for (position, arm) in arms.enumerated() {
        var reports: [PruneReport] = []
        for (seed, network) in zip(seeds, networks) {
          reports.append(try await prune(network, to: level, by: arm, seed: seed, on: data))
        }
        let name = "\(arm.name), \(level.name)"
        let target = position == 0 ? level.target : nil
        rows += [
          row(name, reports.map { 100 * $0.pruned.metric }, "%", target: target),
          row("\(name), seconds", reports.map(\.seconds), "s", target: nil),
          row("\(name), evaluations", reports.map { Double($0.evaluations) }, "", target: nil),
        ]
      }
    }
    return rows
  }

  private func prune(
    _ network: Graph, to level: Level, by arm: CriterionChoice, seed: UInt64, on data: DataSet
  ) async throws -> PruneReport {
    let pruner = AutoPruner(engine: try TorchEngine(threads: setting.threads), predictor: arm)
    return try await pruner.prune(
      network, on: data,
      options: PruningOptions(
        budget: .sparsity(try Sparsity(level.sparsity)),
        fineTuneEpochs: setting.isSmoke ? 0.1 : epochs, seed: seed)
    ).report
  }

  private func row(
    _ what: String, _ values: [Double], _ unit: String, target: Double?
  ) -> BenchRow {
    BenchRow(
      benchmark: benchmark, setting: what, value: Spread.mean(values), unit: unit,
      spread: values.count > 1 ? Spread.standardDeviation(values) : nil,
      repetitions: values.count, target: target, threads: setting.threads,
      versions: setting.versions)
  }
}

/// The published MLPNet checkpoint, pruned with five epochs of fine-tuning in all.
enum FiveEpochs: Benchmark {
  static let name = "five-epochs"
  static let summary = "MLPNet on MNIST, --sparsity S --fine-tune 5, test accuracy"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let graph = try ONNXReader().read(try setting.require("mlpnet-mnist/mlpnet_mnist.onnx"))
    let levels = [(0.9, 96.7), (0.95, 95.9), (0.98, 93.5)].map {
      TunedSparsity.Level(name: "sparsity \($0.0)", sparsity: $0.0, target: $0.1)
    }
    return try await TunedSparsity(
      benchmark: name, levels: levels, epochs: 5, setting: setting
    ).rows(on: try MNIST.load(setting)) { _ in graph }
  }
}

/// LeNet-300-100 trained on all of MNIST's training data, as in the papers it is compared with, then pruned.
enum LeNet300: Benchmark {
  static let name = "tuned-lenet300"
  static let summary = "LeNet-300-100 on MNIST at 68 and 100 times fewer weights, 40 epochs"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    try await MNISTLeNet(architecture: "lenet-300-100", benchmark: name, epochs: 40).rows(
      factors: [(68, 98.08), (100, 97.8)], setting)
  }
}

/// LeNet-5 trained on all of MNIST's training data, then pruned.
enum LeNet5Sparsity: Benchmark {
  static let name = "tuned-lenet5"
  static let summary = "LeNet-5 on MNIST at 108 and 280 times fewer weights, 60 epochs"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    try await MNISTLeNet(architecture: "lenet5", benchmark: name, epochs: 60).rows(
      factors: [(108, 99.25), (280, 99.15)], setting)
  }
}

private struct MNISTLeNet {
  let architecture: String
  let benchmark: String
  let epochs: Double

  /// Rows of a network that is trained here.
  ///
  /// - Parameter factors: compression ratios, each with the test accuracy aimed at.
  func rows(
    factors: [(factor: Double, target: Double)], _ setting: BenchSetting
  ) async throws -> [BenchRow] {
    let data = try MNIST.load(setting)
    let trainer = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
    return try await TunedSparsity(
      benchmark: benchmark,
      levels: factors.map {
        .init(name: "\(Int($0.factor))×", sparsity: 1 - 1 / $0.factor, target: $0.target)
      }, epochs: epochs, setting: setting
    ).rows(on: data) { seed in
      try await trainer.train(
        try Architecture(architecture).graph(seed: seed), on: data,
        plan: TrainingPlan(
          optimizer: .standardAdam, peakLearningRate: 1e-3, epochs: setting.isSmoke ? 0.05 : 20,
          seed: seed), usesAllTrainData: true
      ).graph
    }
  }
}
