import AutoPrune
import Foundation
import TorchBackend

/// One network of the campaign: how it is made, what it is trained on, and how its run is archived.
struct CampaignTask: Sendable {
  let architecture: Architecture
  let options: ArchitectureOptions
  let taskData: TaskData
  let epochs: Double
  let optimizer: TrainingStep.Optimizer
  let learningRate: Float
  let seed: UInt64
  /// What the archived run removes.
  var granularity = Granularity.element

  /// Tells runs apart: a finished run of the same key is not made again.
  var key: String { "\(familyName)/\(taskData.name)/\(seed)" }

  static func key(of record: RunRecord) -> String {
    "\(record.network.architecture)/\(record.data.name)/\(record.seed)"
  }

  private var familyName: String { architecture.name }

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
        budget: .accuracyDrop(points: 1), seed: seed, granularity: granularity),
      archive: ArchiveTarget(
        archive, commandLine: ["Training", key], architecture: familyName)
    ).report
  }
}
