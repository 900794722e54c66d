import Foundation
import LoopTestSupport
import PruneCore
import PruneFeatures
import PruneSelection
import PruneSession
import PruneSupport
import PruneTraining
import TestSupport
import Testing

@testable import PruneController

@Suite("A run with a checkpoint")
struct RunCheckpointTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("run-\(UUID().uuidString)")

  private func options(epochs: Double = 3, seconds: Double? = nil) -> PruningOptions {
    PruningOptions(
      budget: .maximumDrop(points: 6), fineTuneEpochs: epochs, timeLimitSeconds: seconds,
      batchSize: 48)
  }

  private func prune(
    _ options: PruningOptions, with engine: some Engine = ReferenceEngine(),
    resumes: Bool? = true, criterion: String = "fisher",
    progress: @escaping (PruningProgress) -> Void = { _ in }
  ) throws -> PruningOutcome {
    let task = try ClusterTask.shared.get()
    return try PruningController(
      engine: engine, criterion: .criterion(try SaliencyCriteria.named(criterion)), options: options
    ).prune(
      task.graph, split: task.split,
      checkpoint: resumes.map { RunCheckpoint(folder: folder, resumes: $0) }, progress: progress)
  }

  private func expectSame(
    _ outcome: PruningOutcome, _ other: PruningOutcome,
    at location: SourceLocation = #_sourceLocation
  ) {
    func rounds(_ outcome: PruningOutcome) -> [PruningRound] {
      outcome.rounds.map { round in
        var round = round
        round.wallSeconds = 0
        return round
      }
    }
    #expect(outcome.graph == other.graph, sourceLocation: location)
    #expect(outcome.masks == other.masks, sourceLocation: location)
    #expect(rounds(outcome) == rounds(other), sourceLocation: location)
    #expect(outcome.certificate == other.certificate, sourceLocation: location)
    #expect(outcome.evaluations == other.evaluations, sourceLocation: location)
    #expect(
      outcome.gradientEvaluations == other.gradientEvaluations, sourceLocation: location)
    #expect(outcome.epochs == other.epochs, sourceLocation: location)
    #expect(outcome.pruned.contributions == other.pruned.contributions, sourceLocation: location)
  }

  @Test("ends as one without, however often it is interrupted")
  func interrupted() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try prune(options(), resumes: nil)
    let counter = InterruptedEngine(after: .max)
    expectSame(try prune(options(), with: counter), whole)
    try FileManager.default.removeItem(at: folder)

    // Every attempt lives longer than the one before, and most are cut off in the midst of a step.
    var attempts = 0
    var outcome: PruningOutcome?
    while outcome == nil, attempts < 40 {
      attempts += 1
      do {
        outcome = try prune(options(), with: InterruptedEngine(after: 12 + 9 * attempts))
      } catch let error as EngineError {
        #expect(error == InterruptedEngine.interruption)
      }
    }
    #expect(attempts > 4)
    expectSame(try #require(outcome), whole)
  }

  @Test("that is over is told again without being done again")
  func replayed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try prune(options())
    let engine = InterruptedEngine(after: .max)
    let resumed = Recorder<Int>()
    let again = try prune(options(), with: engine) { event in
      if case .resumed(let steps) = event { resumed.add(steps) }
    }
    expectSame(first, again)
    #expect(resumed.values.count == 1)
    #expect(engine.calls < 40, "\(engine.calls) engine calls")
  }

  @Test("is gone on with where only what is reported is another")
  func otherReports() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try prune(options())
    var reporting = options()
    reporting.reportsWeights = true
    expectSame(try prune(reporting), first)
  }

  @Test("keeps only what a later step can ask for")
  func bounded() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try prune(options(epochs: 6))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    // The accepted networks, the last one, and where the last round began.
    #expect(names.count { $0.hasPrefix("weights-") } <= 8, "\(names.sorted())")
    #expect(names.count { $0.hasPrefix("optimizer-") } <= 1)
    #expect(!names.contains { $0.hasSuffix(".partial") })
  }

  @Test("is not begun where another one is, and not gone on with by another one")
  func foreign() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try prune(options())
    #expect(throws: CheckpointError.occupied(folder: folder.path)) {
      try prune(options(), resumes: false)
    }
    let other = #expect(throws: CheckpointError.self) { try prune(options(epochs: 4)) }
    #expect(other?.description.contains("fineTuneEpochs was 3.0, now 4.0") == true)
    let criterion = #expect(throws: CheckpointError.self) {
      try prune(options(), criterion: "lamp")
    }
    #expect(criterion?.description.contains("predictor was fisher, now lamp") == true)
    let task = try ClusterTask.shared.get()
    #expect(throws: CheckpointError.self) {
      try PruningController(
        engine: ReferenceEngine(), criterion: .criterion(try SaliencyCriteria.named("fisher")),
        options: options()
      ).prune(
        TinyModels.mlp([4, 12, 3]), split: task.split,
        checkpoint: RunCheckpoint(folder: folder, resumes: true))
    }
  }

  @Test("keeps a second one out of its folder while it runs")
  func locked() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let refusals = Recorder<String>()
    let outcome = try prune(options(epochs: 0)) { event in
      guard case .started = event else { return }
      do { _ = try prune(options(epochs: 0)) } catch { refusals.add("\(error)") }
    }
    #expect(outcome.isBudgetMet)
    #expect(refusals.values.count == 1)
    #expect(refusals.values[0].contains("in use by process \(getpid())"))
  }

  @Test("takes the same branch again where the time was over")
  func timeLimit() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let options = options(epochs: 4_000, seconds: 1.5)
    let first = try prune(options)
    #expect(first.epochs < 4_000)
    #expect(first.stoppedBy == .timeLimit)
    expectSame(try prune(options), first)
  }

  @Test("resumes under another time limit, which reopens nothing that the time had ended")
  func otherTimeLimit() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: EngineError.self) {
      try prune(options(seconds: 900), with: InterruptedEngine(after: 60))
    }
    let whole = try prune(options(), resumes: nil)
    #expect(whole.stoppedBy == .search)
    expectSame(try prune(options(seconds: 1_000)), whole)
    try FileManager.default.removeItem(at: folder)

    let first = try prune(options(epochs: 4_000, seconds: 1.5))
    let warnings = Recorder<String>()
    let again = try prune(options(epochs: 4_000, seconds: 100)) { event in
      if case .warning(let text) = event { warnings.add(text) }
    }
    expectSame(again, first)
    #expect(again.stoppedBy == .timeLimit)
    #expect(warnings.values.count { $0.contains("is not taken up again") } == 1)
  }

  @Test("that was cancelled can be gone on with to its end")
  func cancelled() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try prune(options(), resumes: nil)
    let running = Task {
      try prune(options()) { event in
        if case .tuning(_, _, let training) = event, training.step == 3 {
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    let early = try await running.value
    #expect(early.epochs < whole.epochs)
    expectSame(try prune(options()), whole)
  }

  @Test("whose files are cut off or damaged goes on or says so", .tags(.property))
  func damaged() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try prune(options(epochs: 1))
    let journal = folder.appendingPathComponent("journal.jsonl")
    let bytes = try Data(contentsOf: journal)
    var generator = SeededGenerator(seed: 4)
    var refused = 0
    for trial in 0..<12 {
      let place = Int(generator.uniform() * Double(bytes.count))
      var changed = bytes
      if trial.isMultiple(of: 2) {
        changed = changed.prefix(place)
      } else {
        changed[place] ^= 0x10
      }
      try changed.write(to: journal)
      do {
        let outcome = try prune(options(epochs: 1))
        expectSame(outcome, whole)
      } catch let error as CheckpointError {
        #expect(error.description.contains(folder.path))
        #expect(error.description.contains("remove the folder"))
        refused += 1
      }
    }
    #expect((1..<12).contains(refused), "some damage is refused, some only shortens the record")
  }
}
