import Foundation
import PruneCore
import PruneSupport

/// The steps of a run with their results, on disk as soon as they are done.
///
/// A run is a deterministic sequence of steps. One that is resumed takes the steps again, but gets the recorded result of
/// each instead of doing it, until the record ends; weights are read only when a step needs them. Whether the time is over
/// is part of the record. A cancelled run records nothing more, so that it can be gone on with.
package final class RunJournal {
  let folder: URL
  let states: StateFolder
  private let lock: FolderLock
  private let file: JournalFile
  private let entries: [JournalEntry]
  private var position = 0
  private var isClosed = false
  private var questions = 0
  private var passedDeadlineChecks: Int?
  private var saved: [Int: WeakState] = [:]
  private var pinned: Set<Int> = []
  private var secondsBefore = 0.0
  private var resumedAt = ContinuousClock.now

  private struct WeakState { weak var state: SavedState? }

  /// - Parameter identity: what the run depends on, by name.
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

  /// Steps recorded so far.
  package private(set) var count: Int
  /// Whether the next step is one of the record.
  package var isReplaying: Bool { !isClosed && position < entries.count }

  /// Of the run, interruptions left out; that of the record while it is replayed.
  package var seconds: Double {
    isReplaying ? secondsBefore : secondsBefore + (ContinuousClock.now - resumedAt).seconds
  }

  /// Whether the time is over: as recorded, or as `isOver` says now.
  package func isOutOfTime(_ isOver: () -> Bool) -> Bool {
    if Task.isCancelled {
      isClosed = true
      return true
    }
    defer { questions += 1 }
    if isReplaying {
      if passedDeadlineChecks == nil, let recorded = entries[position].passedDeadlineChecks,
        questions >= recorded
      {
        passedDeadlineChecks = recorded
      }
      return passedDeadlineChecks != nil
    }
    if passedDeadlineChecks == nil, isOver() { passedDeadlineChecks = questions }
    return passedDeadlineChecks != nil
  }

  /// The recorded result of the step about to be taken; `nil` where it is to be done.
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

  /// Records a step; what it left of the network must be on disk already.
  func append(_ entry: JournalEntry) throws {
    try file.append(try Self.encoder.encode(entry))
    count += 1
    startCounting()
  }

  /// Whether results are still recorded: those of a cancelled run are not, since a step may have been cut short.
  var isRecording: Bool {
    if Task.isCancelled { isClosed = true }
    return !isClosed
  }

  /// Of the time's end since the last step, for the entry of this one.
  var passedDeadlineChecksToRecord: Int? { passedDeadlineChecks }

  private func startCounting() {
    questions = 0
    // Once the time is over it stays so.
    if passedDeadlineChecks != nil { passedDeadlineChecks = 0 }
  }

  /// The weights that a step left.
  func state(of step: Int) -> SavedState {
    if let state = saved[step]?.state { return state }
    let state = SavedState(step: step, folder: states)
    saved[step] = WeakState(state: state)
    return state
  }

  /// Keeps a state for good, for a step that is not recorded and will be done again when the run is resumed.
  func pin(_ state: SavedState) { pinned.insert(state.step) }

  /// Removes what no step to come can ask for.
  func removeUnusedStates(current: Int) throws {
    saved = saved.filter { $0.value.state != nil }
    try states.removeUnused(current: current, kept: Set(saved.keys), whole: pinned)
  }

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

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }
}
