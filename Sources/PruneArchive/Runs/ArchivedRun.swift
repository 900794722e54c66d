public import Foundation
public import PruneCore

/// A run without its rounds, for lists.
public struct RunSummary: Hashable, Sendable {
  public let id: RunID
  public let record: RunRecord
  public let status: RunStatus
  public let startedAt: Date
  /// `nil` while the run is not over, or where its process never said so.
  public let finishedAt: Date?
  /// `nil` while the run is not over, or where its process never said so.
  public let result: RunResult?
  public let roundCount: Int
}

/// A run with everything but its samples.
public struct ArchivedRun: Hashable, Sendable {
  /// A table of samples with the round it belongs to.
  public struct Samples: Hashable, Sendable {
    /// For ``RunArchive/append(_:toTable:of:)``.
    public let position: Int
    public let kind: SampleTable.Kind
    public let round: Int?
    public let featureVersion: Int
    public let rowCount: Int
    public let columnNames: [String]
  }

  public let summary: RunSummary
  /// In ascending order.
  public let rounds: [PruningRound]
  /// What ``RunArchive/samples(of:kind:)`` would load.
  public let samples: [Samples]
}
