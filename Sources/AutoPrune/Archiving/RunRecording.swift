import ONNXFormat
import PruneArchive
import PruneController
import PruneCore
import PruneData
import PruneLearning
import PruneSupport
import PruneSurgery

/// Writes a run of the loop to the archive as it goes, so that a crash leaves what was done so far.
///
/// A failing archive never stops a run: the first failure is kept, to be told at the end.
final class RunRecording<E: Engine> {
  private(set) var failure: (any Error)?

  private let target: ArchiveTarget?
  private let model: Graph
  private let data: DataSet
  private let options: PruningOptions
  private let criterion: PruningCriterion
  private let engine: E
  private let start = ContinuousClock.now
  private var run: RunID?

  init(
    _ target: ArchiveTarget?, model: Graph, data: DataSet, options: PruningOptions,
    criterion: PruningCriterion, engine: E
  ) {
    self.target = target
    self.model = model
    self.data = data
    self.options = options
    self.criterion = criterion
    self.engine = engine
  }

  func note(_ event: PruningProgress, progress: (PruningProgress) -> Void) {
    switch event {
    case .started(let dense, _, _): begin(dense: dense)
    case .round(let round): append(round)
    case .resumed, .warning, .counting, .tuningChosen, .tuning, .weights, .certifying, .certified:
      break
    }
  }

  func finish(_ pruned: PrunedNetwork, split: DataSplit) throws {
    let report = pruned.report
    attempt { archive, run in
      try LearningMaterial(model: model, fit: split.training, seed: options.seed)?.store(
        in: archive, for: run)
      let result = report.pruned
      try archive.finish(
        run, status: .finished,
        result: RunResult(
          pruned: Measurement(
            metric: result.metric,
            cost: Cost(
              parameters: result.parameters, nonzero: result.nonzero, macs: result.macs,
              sparseMACs: result.sparseMACs, fileBytes: result.fileBytes,
              latencySeconds: result.latencySeconds)),
          certificate: report.certificate, wallSeconds: report.seconds,
          evaluations: report.evaluations, epochs: report.epochs,
          message: report.isBudgetMet ? "" : "the budget could not be met"))
    }
    // A run is finished before it is probed, so that no probe can spoil its record.
    attempt { archive, run in
      guard split.training.labels != nil else { return }
      let probing = SetProbing(engine: engine, seed: options.seed)
      if let probes = try probing.table(of: pruned.graph, masks: pruned.masks, fit: split.training) {
        try archive.store(probes, for: run)
      }
    }
  }

  func fail(_ error: any Error) {
    attempt { archive, run in
      try archive.finish(
        run, status: error is CancellationError ? .interrupted : .failed,
        result: RunResult(
          wallSeconds: (ContinuousClock.now - start).seconds, message: "\(error)"))
    }
  }

  private func begin(dense: Evaluation) {
    guard let target else { return }
    do {
      let program = try engine.prepare(model)
      let example = try data.train.fitted(to: model).batch(0..<1).inputs
      let cost = CostModel(graph: model, shapes: try engine.shapes(of: program, on: example)).cost(
        fileBytes: try ONNXWriter().encode(model).count)
      run = try target.archive.begin(
        RunRecord(
          network: NetworkFingerprint(of: model, architecture: target.architecture),
          data: DataFingerprint(
            name: data.name, hash: data.fingerprint, trainExamples: data.train.count),
          seed: options.seed,
          versions: [
            "autoprune": AutoPruneVersion.text, engine.identity.name: engine.identity.version,
          ],
          commandLine: target.commandLine, importance: criterion.importanceSource,
          granularity: options.granularity, budget: options.budget, metric: options.metric,
          dense: Measurement(metric: dense.value, cost: cost)))
    } catch { failure = error }
  }

  private func append(_ round: PruningRound) {
    attempt { archive, run in try archive.append(round, to: run) }
  }

  private func attempt(_ body: (RunArchive, RunID) throws -> Void) {
    guard failure == nil, let target, let run else { return }
    do { try body(target.archive, run) } catch { failure = error }
  }
}

extension PruningCriterion {
  fileprivate var importanceSource: ImportanceSource {
    switch self {
    case .predictor(_, let name): .predictor(name)
    case .criterion(let criterion): .criterion(criterion.name)
    case .units(let criterion): .criterion(criterion.rawValue)
    }
  }
}
