import Foundation
import PruneCore

/// Record of one step of a run in the journal.
struct JournalEntry: Codable {
  /// Number of the step, from 1.
  let number: Int
  /// Name of the step.
  let step: String
  /// Inputs of the step beyond the network; a run with other inputs is another run.
  let inputs: String
  /// Returned value as a JSON array of one element; `nil` where the step failed.
  let value: String?
  /// Failure of the step; `nil` where it returned a value.
  let failure: RecordedFailure?
  /// `true` for a step that may change weights, masks or optimizer state.
  let changesNetwork: Bool
  /// Number of the step that saved the masks in force afterwards; `nil` for no masks.
  let masks: Int?
  /// `true` where the optimizer had a state afterwards; `nil` where that was not recorded.
  let hasOptimizerState: Bool?
  /// Running time of the run at the end of the step, in seconds, without interruptions.
  let seconds: Double
  /// Number of deadline checks since the step before that were passed in time; `nil` where all were.
  let passedDeadlineChecks: Int?
}

/// First line of a journal: format, version and inputs of the run.
struct JournalHeader: Codable {
  let format: String
  let version: Int
  /// Inputs that the run depends on, by name.
  let identity: [String: String]

  static let format = "autoprune-run"
  static let version = 2
}

/// Failure that the pruning loop handles by another step, so that it is a result of the run.
enum RecordedFailure: Codable {
  case diverged(step: Int, learningRate: Float)
  case tooFew(asked: Int, needed: Int, layer: String)
  /// The step ended early because the deadline had passed.
  case timeOver

  /// - Returns: `nil` for an error that ends the run.
  init?(_ error: any Error) {
    switch error {
    case TrainingError.diverged(let step, let learningRate):
      self = .diverged(step: step, learningRate: learningRate)
    case SelectionError.tooFew(let asked, let needed, let layer):
      self = .tooFew(asked: asked, needed: needed, layer: layer)
    case is CancellationError: self = .timeOver
    default: return nil
    }
  }

  /// Error as the step threw it.
  var error: any Error {
    switch self {
    case .diverged(let step, let learningRate):
      TrainingError.diverged(step: step, learningRate: learningRate)
    case .tooFew(let asked, let needed, let layer):
      SelectionError.tooFew(asked: asked, needed: needed, layer: layer)
    case .timeOver: CancellationError()
    }
  }
}
