import AutoPrune
import Foundation
import TorchBackend

/// A network of the campaign with its architecture, data and training, whose run is archived.
struct CampaignTask: Sendable {
  let architecture: Architecture
  let options: ArchitectureOptions
  let taskData: TaskData
  let epochs: Double
  let optimizer: TrainingStep.Optimizer
  let learningRate: Float
  let seed: UInt64
  /// Granularity of pruning in the archived run.
  var granularity = Granularity.element

  /// Key of the run; a finished run of the same key is not made again.
  var key: String { "\(architectureName)/\(taskData.name)/\(seed)" }

  static func key(of record: RunRecord) -> String {
    "\(record.network.architecture)/\(record.data.name)/\(record.seed)"
  }

  private var architectureName: String { architecture.name }

  func run(archive: RunArchive, threads: Int?, isSmoke: Bool) async throws -> PruneReport {
    let data = try taskData.load()
    let criterion = granularity == .element ? "lamp" : UnitCriterion.gate.rawValue
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: threads), predictor: try .criterion(named: criterion))
    let trained = try await pruner.train(
      try architecture.graph(options: options, seed: seed), on: data,
      plan: TrainingPlan(
        optimizer: optimizer, peakLearningRate: learningRate, batchSize: 64,
        epochs: isSmoke ? 0.2 : epochs, seed: seed))
    return try await pruner.prune(
      trained.graph, on: data,
      options: PruningOptions(
        budget: .maximumDrop(points: 1), seed: seed, granularity: granularity),
      archive: ArchiveTarget(
        archive, commandLine: ["Training", key], architecture: architectureName)
    ).report
  }
}

/// A network of the campaign with its training, before data and seed are chosen.
struct NetworkChoice {
  var architecture: Architecture
  var options = ArchitectureOptions()
  var epochs: Double
  var optimizer = TrainingStep.Optimizer.standardAdam
  var learningRate: Float = 2e-3

  /// Tasks of the network on one data set, one per seed.
  ///
  /// - Parameter position: index among the networks for these data, which makes seeds differ between them.
  func tasks(
    on data: TaskData, position: Int, seeds: Int, removing granularity: Granularity = .element
  ) -> [CampaignTask] {
    (0..<seeds).map { seed in
      CampaignTask(
        architecture: architecture, options: options, taskData: data, epochs: epochs,
        optimizer: optimizer, learningRate: learningRate, seed: UInt64(1 + seed + 10 * position),
        granularity: granularity)
    }
  }
}
