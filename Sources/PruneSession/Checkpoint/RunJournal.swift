import Foundation
import PruneCore
import PruneSupport

/// Journal of a run's steps with their results, each on disk as soon as the step is done.
///
/// A run is a deterministic sequence of steps. A resumed run gets recorded results in place of taking the steps, until
/// the record ends; weights are read only when a step needs them. Deadline checks are recorded too. A cancelled run
/// records nothing more, so that it can be resumed.
package final class RunJournal {
  let folder: URL
  let states: StateFolder
  private let lock: FolderLock
  private let file: JournalFile
  private let entries: [JournalEntry]
  private var position = 0
  private var isClosed = false
  /// Deadline checks since the last step.
  private var deadlineChecks = 0
  /// Number of ``deadlineChecks`` before the deadline passed; `nil` while it has not.
  private var passedDeadlineChecks: Int?
  /// Running time, in seconds, of the step before the first recorded passing of the deadline that was repeated; `nil` for none.
  package private(set) var repeatedDeadlineSeconds: Double?
  /// States that are referred to, by step.
  private var saved: [Int: WeakState] = [:]
  /// Steps whose states are kept for good.
  private var pinned: Set<Int> = []
  /// Running time of the run up to ``resumedAt``, in seconds.
  private var secondsBefore = 0.0
  private var resumedAt = ContinuousClock.now

  private struct WeakState { weak var state: SavedState? }

  /// Locks a folder and opens its journal, or starts one.
  ///
  /// - Parameter identity: inputs that the run depends on, by name.
  /// - Throws: ``CheckpointError``.
  package init(_ checkpoint: RunCheckpoint, identity: [String: String]) throws {
    folder = checkpoint.folder
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw CheckpointError.unwritable(
        path: folder.path, reason: "the folder cannot be made; \(error.localizedDescription)")
    }
    lock = try FolderLock(folder)
    var lines: [Data] = []
    let journal = folder.appendingPathComponent("journal.jsonl")
    file = try JournalFile(journal, lines: &lines)
    states = try StateFolder(folder)
    if let header = lines.first {
      guard checkpoint.resumes else { throw CheckpointError.occupied(folder: folder.path) }
      try Self.check(header, identity: identity, folder: folder, journal: journal)
    } else {
      try file.append(
        try Self.encoder.encode(
          JournalHeader(
            format: JournalHeader.format, version: JournalHeader.version, identity: identity)))
    }
    do {
      entries = try lines.dropFirst().map { try JSONDecoder().decode(JournalEntry.self, from: $0) }
    } catch {
      throw CheckpointError.damaged(path: journal.path, reason: "a line holds no step")
    }
    count = entries.count
  }

  /// Number of steps recorded so far.
  package private(set) var count: Int
  /// `true` while the next step has a recorded result.
  package var isReplaying: Bool { !isClosed && position < entries.count }

  /// Running time of the run in seconds, without interruptions; the recorded time while steps are replayed.
  package var seconds: Double {
    isReplaying ? secondsBefore : secondsBefore + (ContinuousClock.now - resumedAt).seconds
  }

  /// Checks the deadline: `true` once it has passed, by the record while steps are replayed, by `isOver` afterwards.
  package func isOutOfTime(_ isOver: () -> Bool) -> Bool {
    if Task.isCancelled {
      isClosed = true
      return true
    }
    defer { deadlineChecks += 1 }
    if isReplaying {
      if passedDeadlineChecks == nil, let recorded = entries[position].passedDeadlineChecks,
        deadlineChecks >= recorded
      {
        passedDeadlineChecks = recorded
        repeatedDeadlineSeconds = repeatedDeadlineSeconds ?? secondsBefore
      }
      return passedDeadlineChecks != nil
    }
    if passedDeadlineChecks == nil, isOver() { passedDeadlineChecks = deadlineChecks }
    return passedDeadlineChecks != nil
  }

  /// Recorded entry of the next step; `nil` where there is none and the step must be run.
  ///
  /// - Throws: ``CheckpointError/diverged(folder:step:recorded:taken:)``.
  func next(_ step: String, inputs: String) throws -> JournalEntry? {
    guard isReplaying else { return nil }
    let entry = entries[position]
    guard entry.step == step, entry.inputs == inputs else {
      throw CheckpointError.diverged(
        folder: folder.path, step: entry.number, recorded: "\(entry.step) \(entry.inputs)",
        taken: "\(step) \(inputs)")
    }
    position += 1
    secondsBefore = entry.seconds
    resumedAt = .now
    startCounting()
    return entry
  }

  /// Records a step; the state of the network after it must be on disk already.
  func append(_ entry: JournalEntry) throws {
    try file.append(try Self.encoder.encode(entry))
    count += 1
    startCounting()
  }

  /// `true` while results are recorded; `false` once the run is cancelled, since a step may have been cut short.
  var isRecording: Bool {
    if Task.isCancelled { isClosed = true }
    return !isClosed
  }

  /// Deadline checks passed in time since the last step, for the entry of this one; `nil` where all were.
  var passedDeadlineChecksToRecord: Int? { passedDeadlineChecks }

  private func startCounting() {
    deadlineChecks = 0
    // A passed deadline stays passed.
    if passedDeadlineChecks != nil { passedDeadlineChecks = 0 }
  }

  /// Saved weights after a step.
  func state(of step: Int) -> SavedState {
    if let state = saved[step]?.state { return state }
    let state = SavedState(step: step, folder: states)
    saved[step] = WeakState(state: state)
    return state
  }

  /// Keeps a state for good, for an unrecorded step that a resumed run takes again.
  func pin(_ state: SavedState) { pinned.insert(state.step) }

  /// Removes saved states that no later step can read.
  ///
  /// - Parameter current: last step that changed the network.
  func removeUnusedStates(current: Int) throws {
    saved = saved.filter { $0.value.state != nil }
    try states.removeUnused(current: current, kept: Set(saved.keys), whole: pinned)
  }

  /// - Throws: ``CheckpointError`` where the header is not that of this run.
  private static func check(
    _ line: Data, identity: [String: String], folder: URL, journal: URL
  ) throws {
    guard let header = try? JSONDecoder().decode(JournalHeader.self, from: line),
      header.format == JournalHeader.format
    else {
      throw CheckpointError.damaged(path: journal.path, reason: "it is no journal of a run")
    }
    guard header.version == JournalHeader.version else {
      throw CheckpointError.damaged(
        path: journal.path,
        reason: "it has version \(header.version), this program writes \(JournalHeader.version)")
    }
    let names = Set(header.identity.keys).union(identity.keys).sorted()
    let differences = names.compactMap { name -> CheckpointError.Difference? in
      let (recorded, asked) = (header.identity[name] ?? "absent", identity[name] ?? "absent")
      return recorded == asked
        ? nil : CheckpointError.Difference(name: name, recorded: recorded, asked: asked)
    }
    guard differences.isEmpty else {
      throw CheckpointError.otherRun(folder: folder.path, differences: differences)
    }
  }

  /// Encoder of entries and results; infinities and NaN are strings.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  /// Decoder of what ``encoder`` writes.
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }
}
