import Foundation
import PruneCore

extension PruningSession {
  /// Runs a step that may change the network, or takes its result and the changed network from the journal.
  ///
  /// All changes of the network in the loop are made within steps. A failure that the loop handles
  /// (``RecordedFailure``) is a result too. A step within a step is part of the outer one.
  ///
  /// - Parameters:
  ///   - step: name of the step.
  ///   - inputs: values that the step depends on beyond the network, such as a density.
  package func change<Value: Codable>(
    _ step: String, _ inputs: String = "", _ body: () throws -> Value
  ) throws -> Value {
    try take(step, inputs, changesNetwork: true, body)
  }

  /// Runs a step that does not change the network, or takes its result from the journal; see ``change(_:_:_:)``.
  package func measure<Value: Codable>(
    _ step: String, _ inputs: String = "", _ body: () throws -> Value
  ) throws -> Value {
    try take(step, inputs, changesNetwork: false, body)
  }

  private func take<Value: Codable>(
    _ step: String, _ inputs: String, changesNetwork: Bool, _ body: () throws -> Value
  ) throws -> Value {
    guard let journal, !isWithinStep else { return try body() }
    if let entry = try journal.next(step, inputs: inputs) {
      if entry.changesNetwork { try resume(after: entry, in: journal) }
      if let failure = entry.failure { throw failure.error }
      return try value(of: entry, in: journal)
    }
    let result = try within(changesNetwork: changesNetwork) {
      () throws -> Result<Value, any Error> in
      do { return .success(try body()) } catch {
        guard RecordedFailure(error) != nil else { throw error }
        return .failure(error)
      }
    }
    if journal.isRecording {
      try record(result, of: step, inputs, changesNetwork: changesNetwork, in: journal)
    }
    return try result.get()
  }

  private func record<Value: Codable>(
    _ result: Result<Value, any Error>, of step: String, _ inputs: String, changesNetwork: Bool,
    in journal: RunJournal
  ) throws {
    let number = journal.count + 1
    let hasOptimizerState = changesNetwork ? try save(as: number, in: journal) : nil
    var value: String?
    var failure: RecordedFailure?
    switch result {
    case .success(let returned):
      value = String(decoding: try RunJournal.encoder.encode([returned]), as: UTF8.self)
    case .failure(let error): failure = RecordedFailure(error)
    }
    try journal.append(
      JournalEntry(
        number: number, step: step, inputs: inputs, value: value, failure: failure,
        changesNetwork: changesNetwork, masks: savedMasks?.step,
        hasOptimizerState: hasOptimizerState, seconds: journal.seconds,
        passedDeadlineChecks: journal.passedDeadlineChecksToRecord))
    if changesNetwork { try journal.removeUnusedStates(current: number) }
  }

  private func value<Value: Codable>(of entry: JournalEntry, in journal: RunJournal) throws -> Value
  {
    do {
      if let first = try RunJournal.decoder.decode(
        [Value].self, from: Data((entry.value ?? "").utf8)
      ).first {
        return first
      }
    } catch {
      // Reported below.
    }
    throw CheckpointError.damaged(
      path: journal.folder.path, reason: "step \(entry.number), '\(entry.step)', has no result")
  }

  // MARK: The network on disk

  private func within<Value>(changesNetwork: Bool, _ body: () throws -> Value) throws -> Value {
    if changesNetwork {
      try load()
      savedWeights = nil
    }
    isWithinStep = true
    defer { isWithinStep = false }
    return try body()
  }

  /// Writes weights, optimizer state and changed masks after a step.
  ///
  /// - Returns: `true` where the optimizer has a state.
  private func save(as step: Int, in journal: RunJournal) throws -> Bool {
    try load()
    try journal.states.write(try engine.parameters(of: loaded), .weights, step: step)
    let optimizerState = try engine.optimizerState(of: loaded)
    if !optimizerState.isEmpty {
      try journal.states.write(optimizerState, .optimizer, step: step)
    }
    if savedMasks?.masks != masks, masks.count > 0 {
      try journal.states.write(masks.tensors, .masks, step: step)
    }
    if savedMasks?.masks != masks {
      savedMasks = masks.count > 0 ? NetworkSnapshot.SavedMasks(step: step, masks: masks) : nil
    }
    savedWeights = journal.state(of: step)
    return !optimizerState.isEmpty
  }

  /// Sets masks and pending weights to those after a recorded step; weights are read when they are first needed.
  private func resume(after entry: JournalEntry, in journal: RunJournal) throws {
    if let step = entry.masks, savedMasks?.step != step {
      masks = MaskSet(try journal.states.tensors(.masks, step: step) ?? [:])
      savedMasks = NetworkSnapshot.SavedMasks(step: step, masks: masks)
    } else if let savedMasks, entry.masks != nil {
      masks = savedMasks.masks
    } else {
      (masks, savedMasks) = (MaskSet(), nil)
    }
    let state = journal.state(of: entry.number)
    savedWeights = state
    pending = NetworkSnapshot(
      masks: masks, weights: .onDisk(state), savedMasks: savedMasks, keepsOptimizerState: true,
      hasOptimizerState: entry.hasOptimizerState ?? false)
  }
}
