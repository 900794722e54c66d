public import Foundation
public import PruneController
import PruneCore
import Synchronization
import TensorBoardEvents

/// Writes the progress of a run to a folder for TensorBoard.
///
/// Rounds count from 1, step 0 is the dense network. `search/…` and `sparsity/…` have a point per round, `tuning/…` one
/// per 10 optimizer steps, `weights/…` a histogram of each layer's kept weights per round, where
/// ``PruningOptions/reportsWeights`` asks for them. A log that cannot be written never stops a run: the first failure is
/// kept in ``failure``.
public final class TensorBoardLog: Sendable {
  private struct State {
    var writer: EventFileWriter?
    var tuningSteps = 0
    var certified = 0
    var failure: (any Error)?
  }

  private let state: Mutex<State>
  private let layerNames: [String]
  private let metric: Metric

  /// - Parameters:
  ///   - folder: folder of the log, created where absent; the run gets a file of its own.
  ///   - graph: the network, for the names of its layers.
  ///   - metric: metric of the run.
  /// - Throws: Foundation errors where nothing can be written.
  public init(folder: URL, for graph: Graph, metric: Metric) throws {
    layerNames = graph.prunableLayers().map(\.name)
    self.metric = metric
    state = Mutex(State(writer: try EventFileWriter(folder: folder)))
  }

  /// First failure to write; nothing is written after it. `nil` where there was none.
  public var failure: (any Error)? { state.withLock { $0.failure } }

  /// Writes a progress event of the run; call it with every event.
  public func note(_ event: PruningProgress) {
    switch event {
    case .started(let dense, _, _):
      write(["search/\(metric.rawValue)": dense.value, "sparsity/network": 0], step: 0)
    case .tuning(_, let density, let training):
      noteTuning(training, density: density)
    case .round(let round):
      noteRound(round)
    case .weights(let round, let layers):
      let values = layers.map {
        ("weights/\($0.name)", EventFileWriter.Value.histogram(Histogram(of: $0.kept)))
      }
      attempt { try $0.writer?.write(values, step: round) }
    case .certified(let certificate, let sparsity):
      attempt { state in
        try state.writer?.write(
          [
            ("certify/drop upper bound in points", .scalar(certificate.dropUpperBoundPoints)),
            ("certify/sparsity", .scalar(sparsity)),
          ], step: state.certified)
        state.certified += 1
      }
    case .resumed, .warning, .counting, .tuningChosen, .certifying: break
    }
  }

  private func noteRound(_ round: PruningRound) {
    var values = [
      "search/\(metric.rawValue)": round.metric, "search/drop in points": round.dropPoints,
      "search/drop upper bound in points": round.dropUpperBoundPoints,
      "search/accepted": round.decision == .accepted ? 1 : 0,
      "sparsity/network": round.sparsity,
    ]
    for (name, density) in zip(layerNames, round.layerDensities) {
      values["sparsity/\(name)"] = 1 - density
    }
    write(values, step: round.index + 1)
  }

  private func noteTuning(_ training: TrainingProgress, density: Double) {
    attempt { state in
      state.tuningSteps += 1
      guard training.step.isMultiple(of: Self.tuningStepsPerPoint) || training.isEpochEnd else {
        return
      }
      try state.writer?.write(
        [
          ("tuning/loss", .scalar(training.loss)),
          ("tuning/learning rate", .scalar(Double(training.learningRate))),
          ("tuning/sparsity", .scalar(1 - density)),
        ], step: state.tuningSteps)
    }
  }

  private func write(_ values: [String: Double], step: Int) {
    let sorted = values.filter(\.value.isFinite).sorted { $0.key < $1.key }
    attempt { try $0.writer?.write(sorted.map { ($0.key, .scalar($0.value)) }, step: step) }
  }

  private func attempt(_ body: (inout sending State) throws -> Void) {
    state.withLock { state in
      guard state.failure == nil else { return }
      do { try body(&state) } catch {
        state.failure = error
        state.writer = nil
      }
    }
  }

  /// Optimizer steps per point of `tuning/…`, chosen by hand.
  private static var tuningStepsPerPoint: Int { 10 }
}
