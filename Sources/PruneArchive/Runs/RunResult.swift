public import PruneCore

/// How far a run has come. A run that its process never finished is found `interrupted`.
public enum RunStatus: String, Hashable, Sendable, CaseIterable, Codable {
  /// Under way, in a process that may still be alive.
  case running
  /// Over, whether or not the budget was met.
  case finished
  /// Stopped by its user, or its process died; it can be resumed.
  case interrupted
  /// Ended by an error, see ``RunResult/message``; it can be resumed.
  case failed
}

/// What came out of a run.
public struct RunResult: Hashable, Sendable {
  /// `nil` where no pruned network was kept.
  public var pruned: Measurement?
  /// `nil` where no budget on the metric was asked for, or none could be certified.
  public var certificate: Certificate?
  /// From the start of the run, evaluations and fine-tuning included.
  public var wallSeconds: Double
  /// Passes over search or certify data.
  public var evaluations: Int
  /// Epochs of fine-tuning in all.
  public var epochs: Double
  /// Why the run failed, in one line; empty otherwise.
  public var message: String

  /// - Parameters:
  ///   - pruned: `nil` where no pruned network was kept.
  ///   - epochs: may be a fraction.
  ///   - message: why the run failed, in one line.
  public init(
    pruned: Measurement? = nil, certificate: Certificate? = nil, wallSeconds: Double,
    evaluations: Int = 0, epochs: Double = 0, message: String = ""
  ) {
    self.pruned = pruned
    self.certificate = certificate
    self.wallSeconds = wallSeconds
    self.evaluations = evaluations
    self.epochs = epochs
    self.message = message
  }
}
