import AutoPrune
import Foundation
import PruneCore
import PruneData
import PrunePredictor
import TestSupport
import Testing

@testable import PruneLearning

@Suite("Tables of held-out networks")
struct HeldOutTests {
  private let engine = ReferenceEngine()

  private func subject(seed: UInt64 = 1) throws -> HeldOutSubject {
    let batch = TinyModels.clusters(count: 320, features: 6, classes: 4, spread: 0.6, seed: seed)
    let set = try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters")
    var graph = TinyModels.mlp([6, 14, 10, 4], seed: seed)
    let program = try engine.prepare(graph)
    let (fit, test) = (set.subset(Array(0..<200)), set.subset(Array(200..<320)))
    for step in 0..<60 {
      _ = try engine.train(
        program, on: fit.batch(0..<200),
        step: TrainingStep(
          objective: .crossEntropy(labelSmoothing: 0), learningRate: 0.05, seed: UInt64(step)))
    }
    try graph.setParameters(try engine.parameters(of: program))
    return HeldOutSubject(
      name: "net \(seed)", group: "family \(seed)", graph: graph, fit: fit, test: test)
  }

  private func methods() throws -> [HeldOutMethod] {
    var adaptation = AdaptationOptions()
    adaptation.passes = 4
    let prior = LogisticPredictor.prior
    let zeroShot = HeldOutMethod.zeroShot(prior, name: "zero-shot")
    return [
      zeroShot, .oneShot(prior, name: "one-shot"),
      .adapted(prior, name: "refined", by: adaptation), .shuffled(zeroShot, name: "shuffled"),
      try .criterion("random"), try .criterion("lamp"),
    ]
  }

  @Test("every method has a cell per sparsity; at rest all are the dense network; it repeats")
  func cells() throws {
    let subject = try subject()
    let experiment = HeldOutExperiment(engine: engine, sparsities: [0, 0.8])
    var (first, second) = (try HeldOutLog(file: nil), try HeldOutLog(file: nil))
    try experiment.run(try methods(), on: subject, seed: 1, log: &first)
    try experiment.run(try methods(), on: subject, seed: 1, log: &second)
    #expect(first.cells.count == 12)
    #expect(first.cells.map(\.metric) == second.cells.map(\.metric))
    for cell in first.cells where cell.sparsity == 0 { #expect(cell.metric == cell.dense) }
    func score(_ method: String) -> Double {
      first.cells.first { $0.method == method && $0.sparsity == 0.8 }?.metric ?? -1
    }
    #expect(score("zero-shot") > score("shuffled"))
    #expect(score("zero-shot") > score("random"))
  }

  @Test("a log goes on where it was, past a line that a kill cut short")
  func resumes() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("cells-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    let subject = try subject()
    let experiment = HeldOutExperiment(engine: engine, sparsities: [0.5])
    var log = try HeldOutLog(file: file)
    try experiment.run([try .criterion("lamp")], on: subject, seed: 0, log: &log)
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"subject":"net 1","fam"#.utf8))
    try handle.close()
    var again = try HeldOutLog(file: file)
    #expect(again.cells == log.cells)
    try experiment.run(
      [try .criterion("lamp"), try .criterion("magnitude")], on: subject, seed: 0, log: &again)
    #expect(again.cells.map(\.method) == ["lamp", "magnitude"])
    #expect(try HeldOutLog(file: file).cells == again.cells)
  }

  @Test("the summary by hand", .tags(.golden))
  func summary() throws {
    func cell(
      _ group: String, _ method: String, _ metric: Double, seed: UInt64 = 0
    ) -> HeldOutCell {
      HeldOutCell(
        subject: group, group: group, seed: seed, sparsity: 0.9, method: method, metric: metric,
        dense: 1, seconds: 0)
    }
    let summary = HeldOutSummary(
      [
        cell("a", "ours", 0.6), cell("a", "ours", 0.8, seed: 1), cell("a", "x", 0.5),
        cell("a", "y", 0.9), cell("b", "ours", 0.6), cell("b", "x", 0.7), cell("b", "y", 0.2),
        cell("c", "ours", 0.9), cell("c", "x", 0.4), cell("c", "y", 0.35),
        cell("d", "ours", 0.1),
      ], criteria: ["x", "y"])
    // A row needs every method: "d" is none. For a, x leads on b and c (.55 to .275); for b, y on a and c (.625 to .45);
    // for c, x on a and b (.6 to .55).
    #expect(summary.rows.map(\.group) == ["a", "b", "c"])
    #expect(summary.criteria == ["x", "y"])
    let ours = try #require(summary.comparison(of: "ours"))
    #expect(abs(ours.mean - (0.7 + 0.6 + 0.9) / 3) < 1e-12)
    #expect(ours.wonShare == 1)
    #expect(abs(ours.worstDeficit - 0.2) < 1e-12 && ours.worstRow == "a at 0.9")
    #expect(abs(ours.seedDeviation - 0.02.squareRoot()) < 1e-12)
    #expect(abs(ours.singleMean - (0.5 + 0.2 + 0.4) / 3) < 1e-12)
  }

  @Test("without criteria there is nothing to compare with")
  func noCriteria() {
    let summary = HeldOutSummary([], criteria: ["lamp"])
    #expect(summary.comparison(of: "ours") == nil)
  }
}
