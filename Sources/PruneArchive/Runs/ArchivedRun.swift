public import Foundation
public import PruneCore

/// Identifies a run in every archive it is merged into.
public struct RunID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Random UUID, so that runs of different machines never share one.
  public let uuid: UUID

  /// A new id unless one is given.
  public init(_ uuid: UUID = UUID()) { self.uuid = uuid }

  /// Reads an id from text.
  ///
  /// - Parameter text: a UUID in either case; anything else gives `nil`.
  public init?(_ text: String) {
    guard let uuid = UUID(uuidString: text) else { return nil }
    self.uuid = uuid
  }

  /// The UUID in lower case, with dashes.
  public var description: String { uuid.uuidString.lowercased() }
}

/// A run without its rounds, for lists.
public struct RunSummary: Hashable, Sendable {
  /// Id of the run, the same in every archive that it was merged into.
  public let id: RunID
  /// Everything known of the run when it began.
  public let record: RunRecord
  /// Status when the archive was read; a run under way may be over by now.
  public let status: RunStatus
  /// Start by the clock of the machine that ran it.
  public let startedAt: Date
  /// End by the clock of the same machine; `nil` while the run is not over, or where its process never said so.
  public let finishedAt: Date?
  /// Result; `nil` while the run is not over, or where its process never said so.
  public let result: RunResult?
  /// Number of rounds archived so far.
  public let roundCount: Int
}

/// A run with everything but its samples.
public struct ArchivedRun: Hashable, Sendable {
  /// Description of a table of samples, without its values.
  public struct Samples: Hashable, Sendable {
    /// Position of the table within the run, as ``RunArchive/store(_:for:)`` returned it.
    public let position: Int
    /// Kind of the table, which says what a row stands for.
    public let kind: SampleTable.Kind
    /// Index of the round; `nil` for samples of the run as a whole.
    public let round: Int?
    /// Version of the feature registry that the column names refer to.
    public let featureVersion: Int
    /// Number of rows, the same in every column.
    public let rowCount: Int
    /// Names of the columns, in stored order.
    public let columnNames: [String]
  }

  /// The run without its rounds, as lists show it.
  public let summary: RunSummary
  /// Rounds by ascending index.
  public let rounds: [PruningRound]
  /// Tables of samples that ``RunArchive/samples(of:)`` loads.
  public let samples: [Samples]
}
