import Foundation
import LoopTestSupport
import PruneCore
import PruneData
import PruneSupport
import TestSupport
import Testing

@testable import PruneTraining

@Suite("Training checkpoints")
struct TrainingCheckpointTests {
  private let engine = ReferenceEngine()
  private let file = FileManager.default.temporaryDirectory
    .appendingPathComponent("checkpoint-\(UUID().uuidString).npz")

  private func trained() throws -> ReferenceProgram {
    let program = try engine.prepare(TinyModels.mlp())
    let plan = TrainingPlan(
      optimizer: .standardAdam, peakLearningRate: 0.01, batchSize: 10, epochs: 1, seed: 1)
    try Trainer(engine, plan: plan).train(
      program, on: try ClusterTask.clusters(30, spread: 0.5, seed: 1))
    return program
  }

  private func checkpoint(_ fingerprint: String = "this") throws -> TrainingCheckpoint {
    try TrainingCheckpoint(
      step: 3, program: try trained(), engine: engine, fingerprint: fingerprint)
  }

  @Test("come back as they were written")
  func roundTrip() throws {
    let written = try checkpoint()
    try written.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let read = try TrainingCheckpoint(contentsOf: file, fingerprint: "this")
    #expect(read.step == 3)
    #expect(read.parameters == written.parameters)
    #expect(read.optimizerState == written.optimizerState)
    #expect(!read.optimizerState.isEmpty)
  }

  @Test("of another training are refused with the reason")
  func foreign() throws {
    try checkpoint("other").write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: TrainingError.self) {
      try TrainingCheckpoint(contentsOf: file, fingerprint: "this")
    }
    #expect(error?.description.contains(file.path) == true)
    #expect(error?.description.contains("another model") == true)
  }

  @Test("are no other archives")
  func noCheckpoint() throws {
    var arrays = NPZFile()
    arrays["x"] = floats([1], [1])
    try arrays.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(throws: TrainingError.self) {
      try TrainingCheckpoint(contentsOf: file, fingerprint: "this")
    }
  }

  @Test("that are cut off anywhere give an error")
  func truncated() throws {
    try checkpoint().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try Data(contentsOf: file)
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
      try bytes.prefix(length).write(to: file)
      #expect(throws: DataError.self) {
        try TrainingCheckpoint(contentsOf: file, fingerprint: "this")
      }
    }
  }

  @Test(
    "whose bytes are damaged give an error or what was written, never a crash", .tags(.property))
  func damaged() throws {
    try checkpoint().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try Data(contentsOf: file)
    var generator = SeededGenerator(seed: 1)
    var refused = 0
    for _ in 0..<200 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &generator)] ^= 0x41
      try damaged.write(to: file)
      do {
        let read = try TrainingCheckpoint(contentsOf: file, fingerprint: "this")
        try read.restore(into: try engine.prepare(TinyModels.mlp()), of: engine)
      } catch is DataError {
        refused += 1
      } catch is TrainingError {
        refused += 1
      } catch is EngineError {
        refused += 1
      }
    }
    #expect(refused > 100)
  }

  @Test("that cannot be written are an error, and the earlier one stays")
  func unwritable() throws {
    try checkpoint().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let earlier = try Data(contentsOf: file)
    // Below a file there is no folder to write to.
    let below = file.appendingPathComponent("state.npz")
    #expect(throws: (any Error).self) { try checkpoint().write(to: below) }
    #expect(try Data(contentsOf: file) == earlier)
  }
}
