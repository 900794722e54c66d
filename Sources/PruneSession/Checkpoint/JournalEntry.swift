import Foundation
import PruneCore

/// One step of a run as the journal holds it.
struct JournalEntry: Codable {
  /// Counts from 1.
  let number: Int
  let step: String
  /// What the step was given; a run that takes it with anything else is another run.
  let inputs: String
  /// JSON of what the step returned; `nil` where it failed.
  let value: String?
  let failure: RecordedFailure?
  let changesNetwork: Bool
  /// The step whose masks the network had afterwards; `nil` for none.
  let masks: Int?
  /// Whether the optimizer had a state afterwards; `nil` in journals that do not say.
  let hasOptimizerState: Bool?
  /// Of the run at the end of the step, interruptions left out.
  let seconds: Double
  /// How often the run had asked whether its time is over, and had heard no, when the answer became yes, counted from the
  /// step before; `nil` where it was no throughout.
  let passedDeadlineChecks: Int?
}

/// First line of a journal.
struct JournalHeader: Codable {
  let format: String
  let version: Int
  let identity: [String: String]

  static let format = "autoprune-run"
  static let version = 2
}

/// A failure that the loop answers by doing something else, so that it is part of the run.
enum RecordedFailure: Codable {
  case diverged(step: Int, learningRate: Float)
  case tooFew(asked: Int, needed: Int, layer: String)
  /// The step broke off because the time was over.
  case timeOver

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
