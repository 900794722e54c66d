import AutoPrune
import Foundation
import TorchBackend

/// ResNet-20, trained once, to be pruned to half its MACs in several ways.
struct ResidualContest {
  /// Of a benchmark that says so in its rows.
  let benchmark: String
  let graph: Graph
  /// Test accuracy of the dense network.
  let dense: Double
  let data: DataSet
  let setting: BenchSetting

  /// Epochs of fine-tuning, and what may be lost of the accuracy.
  var targets: [(epochs: Double, loss: Double)] {
    Array([(0, 0.03), (3, 0.003)].prefix(setting.isSmoke ? 1 : 2))
  }

  init(_ benchmark: String, _ setting: BenchSetting) async throws {
    self.benchmark = benchmark
    self.setting = setting
    data = try MNIST.loadPadded(setting, examples: setting.isSmoke ? 500 : 10_000)
    let trained = try await AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: .units(.gate)
    ).train(
      try Architecture.resnet(depth: setting.isSmoke ? 8 : 20).graph(
        options: ArchitectureOptions(inputShape: [1, 32, 32]), seed: 1), on: data,
      plan: TrainingPlan(
        optimizer: .momentum, peakLearningRate: 0.1,
        schedule: LearningRateSchedule(.cosine, warmupFraction: 0.1), weightDecay: 1e-4,
        epochs: setting.isSmoke ? 0.1 : 5, seed: 1))
    graph = trained.graph
    dense = trained.evaluation.value
  }

  /// - Parameter seed: draws the examples that pruning is calibrated on and the order of fine-tuning.
  func prune(
    _ ranking: Ranking, _ compensation: Compensation, epochs: Double, seed: UInt64,
    granularity: Granularity = .channel, alignment: Int = 1
  ) async throws -> PrunedNetwork {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: ranking)
    return try await pruner.prune(
      graph, on: data,
      options: PruningOptions(
        budget: .sparsity(try Sparsity(0.5)),
        fineTuneEpochs: setting.isSmoke ? min(epochs, 0.1) : epochs, seed: seed,
        compensation: compensation, granularity: granularity, objective: .macs,
        unitAlignment: alignment)
    )
  }

  // MARK: Rows

  var denseRow: BenchRow { row("dense", [dense]) }

  /// - Parameter shares: one per seed.
  func row(_ what: String, _ shares: [Double], target: Double? = nil) -> BenchRow {
    BenchRow(
      benchmark: benchmark, setting: what, value: 100 * Spread.mean(shares), unit: "%",
      spread: shares.count > 1 ? 100 * Spread.standardDeviation(shares) : nil,
      repetitions: shares.count, target: target.map { 100 * $0 }, threads: setting.threads,
      versions: setting.versions)
  }

  func rows(_ networks: [PrunedNetwork], epochs: Double, loss: Double) -> [BenchRow] {
    let reports = networks.map(\.report)
    let macs = reports.map { Double($0.pruned.macs) / Double($0.dense.macs) }
    return [
      row(
        "learned, compensated, \(Int(epochs)) epochs", reports.map(\.pruned.metric),
        target: dense - loss),
      row("MACs left, \(Int(epochs)) epochs", macs, target: 0.5),
    ]
  }
}
