public import Foundation
public import PruneCore

/// A run without its rounds, for lists.
public struct RunSummary: Hashable, Sendable {
  /// The same in every archive that the run was merged into.
  public let id: RunID
  /// What was known when it began.
  public let record: RunRecord
  /// As of this reading; a run under way may be over by now.
  public let status: RunStatus
  /// By the clock of the machine that ran it.
  public let startedAt: Date
  /// `nil` while the run is not over, or where its process never said so.
  public let finishedAt: Date?
  /// `nil` while the run is not over, or where its process never said so.
  public let result: RunResult?
  /// Rounds archived so far.
  public let roundCount: Int
}

/// A run with everything but its samples.
public struct ArchivedRun: Hashable, Sendable {
  /// A table of samples with the round it belongs to.
  public struct Samples: Hashable, Sendable {
    /// As ``RunArchive/store(_:for:)`` returned it.
    public let position: Int
    /// What a row stands for.
    public let kind: SampleTable.Kind
    /// Index of the round; `nil` for samples of the run as a whole.
    public let round: Int?
    /// Version of the feature registry that the column names refer to.
    public let featureVersion: Int
    /// Rows, the same in every column.
    public let rowCount: Int
    /// In stored order.
    public let columnNames: [String]
  }

  /// The run itself, as lists show it.
  public let summary: RunSummary
  /// In ascending order.
  public let rounds: [PruningRound]
  /// What ``RunArchive/samples(of:)`` would load.
  public let samples: [Samples]
}
