import ONNXFormat
public import PruneArchive
import PruneController
import PruneCore
import PruneData
import PruneLearning
import PruneSupport
import PruneSurgery

/// Records a run in the archive round by round, so that a crash loses nothing that was done before.
///
/// A failing archive never stops a run: the first failure is kept in ``failure`` and reported at the end.
final class RunRecording<E: Engine> {
  /// First failure of the archive; nothing is recorded after it.
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

  /// Records a progress event of the run.
  func note(_ event: PruningProgress, progress: (PruningProgress) -> Void) {
    switch event {
    case .started(let dense, _, _): begin(dense: dense)
    case .round(let round): append(round)
    case .resumed, .warning, .counting, .tuningChosen, .tuning, .weights, .certifying, .certified:
      break
    }
  }

  /// Records the result of a finished run, its material and its set probes.
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
    // The run is finished in the archive before it is probed, so that a failing probe cannot spoil its record.
    attempt { archive, run in
      guard split.training.labels != nil else { return }
      let probing = SetProbing(engine: engine, seed: options.seed)
      if let probes = try probing.table(of: pruned.graph, masks: pruned.masks, fit: split.training)
      {
        try archive.store(probes, for: run)
      }
    }
  }

  /// Records that the run failed, or was interrupted by cancellation.
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

/// Archive that a run is recorded in, with facts that only the caller knows.
public struct ArchiveTarget: Sendable {
  /// Archive, opened for writing.
  public let archive: RunArchive
  /// Command line as typed; empty for a library call.
  public let commandLine: [String]
  /// Architecture for the network's fingerprint; the graph's own name where `nil`.
  public let architecture: String?

  /// - Parameters:
  ///   - archive: archive, opened for writing.
  ///   - commandLine: command line as typed; empty for a library call.
  ///   - architecture: architecture for the network's fingerprint; the graph's own name where `nil`.
  public init(_ archive: RunArchive, commandLine: [String] = [], architecture: String? = nil) {
    self.archive = archive
    self.commandLine = commandLine
    self.architecture = architecture
  }
}

/// Material of a run for a later fit of the predictor: the dense network and a calibration sample.
///
/// Only small networks with labelled examples are archived; of larger ones a later fit has the records alone.
struct LearningMaterial {
  private let network: [UInt8]
  private let calibration: [UInt8]

  /// Largest size of an archived network in bytes, chosen by hand.
  static var mostNetworkBytes: Int { 4 << 20 }
  /// Largest size of an archived calibration sample in bytes, chosen by hand.
  static var mostCalibrationBytes: Int { 16 << 20 }
  /// Number of examples in a calibration sample, chosen by hand.
  static var calibrationExamples: Int { 2_000 }

  /// - Returns: `nil` where the network or the sample is too large, or the examples have no labels.
  init?(model: Graph, fit: ExampleSet, seed: UInt64) throws {
    guard fit.labels != nil, model.dataInputs.count == 1 else { return nil }
    network = try ONNXWriter().encode(model)
    guard network.count <= Self.mostNetworkBytes else { return nil }
    var generator = SeededGenerator(seed: seed, stream: "material")
    let chosen = (0..<fit.count).shuffled(by: &generator).prefix(Self.calibrationExamples)
    let batch = fit.batch(Array(chosen))
    guard case .labels(let labels) = batch.targets else { return nil }
    var file = NPZFile()
    file["x"] = batch.inputs[0]
    file["y"] = HostTensor(labels.map { Int64($0) }, shape: [labels.count])
    calibration = try file.encoded()
    guard calibration.count <= Self.mostCalibrationBytes else { return nil }
  }

  func store(in archive: RunArchive, for run: RunID) throws {
    try archive.storeMaterial(network, as: .network, for: run)
    try archive.storeMaterial(calibration, as: .calibration, for: run)
  }
}
