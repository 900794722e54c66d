import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSupport
import TestSupport
import Testing

@testable import PruneController

@Suite("Certification tests accepted networks in a fixed order and stops at the first failure")
struct CertificationTests {
  /// The clusters of `task`, with the certify part replaced by examples that pruning breaks.
  ///
  /// Which examples will be certified on depends on labels and seed alone, so that they can be made hard beforehand.
  private func withHardCertifyPart(_ task: ClusterTask) throws -> ClusterTask {
    let count = 1_200
    let easy = TinyModels.clusters(count: count, spread: 0.7)
    guard case .labels(let labels) = easy.targets, var values = easy.inputs[0].floats else {
      throw CancellationError()
    }
    let numbered = try ExampleSet(
      inputs: [HostTensor((0..<count).map { Float($0) }, shape: [count, 1])],
      targets: easy.targets, named: "numbered")
    let certify = DataSplit(numbered, seed: 0).certification
    let numbers = certify.batch(0..<certify.count).inputs[0].floats ?? []
    var random = SeededGenerator(seed: 9)
    let engine = ReferenceEngine()
    let program = try engine.prepare(task.graph)
    for number in numbers {
      let index = Int(number)
      // Near the boundary between the classes: right by a hair.
      while true {
        let point = TinyModels.normal(4, scale: 2.5, &random)
        let scores =
          try engine.run(program, on: [HostTensor(point, shape: [1, 4])])[0].floats ?? []
        let others = scores.indices.filter { $0 != labels[index] }.map { scores[$0] }
        let margin = scores[labels[index]] - (others.max() ?? 0)
        if margin > 0, margin < 0.5 {
          values.replaceSubrange(index * 4..<index * 4 + 4, with: point)
          break
        }
      }
    }
    let examples = try ExampleSet(
      inputs: [HostTensor(values, shape: [count, 4])], targets: .labels(labels), named: "hard")
    return ClusterTask(task, split: DataSplit(examples, seed: 0))
  }

  private func prune(
    _ task: ClusterTask, engine: some Engine,
    progress: @escaping (PruningProgress) -> Void = { _ in }
  ) throws -> PruningOutcome {
    try PruningController(
      engine: engine, criterion: .criterion(try SaliencyCriteria.named("fisher")),
      options: PruningOptions(budget: .maximumDrop(points: 6))
    ).prune(task.graph, split: task.split, progress: progress)
  }

  @Test("a network that only passes on the search part is not returned")
  func refusesOverfitted() throws {
    let task = try withHardCertifyPart(try ClusterTask.shared.get())
    let outcome = try prune(task, engine: ReferenceEngine())
    #expect(outcome.rounds.contains { $0.decision == .accepted })
    #expect(!outcome.isBudgetMet)
    #expect(outcome.certificate == nil)
    #expect(outcome.graph == task.graph)
  }

  @Test("the certify part is not looked at before the search is over")
  func looksOnce() throws {
    let task = try ClusterTask.shared.get()
    let engine = SpyEngine()
    let candidates = Recorder<Int>()
    let runsBefore = Recorder<Int>()
    let outcome = try prune(task, engine: engine) { event in
      if case .certifying(let count) = event {
        candidates.add(count)
        runsBefore.add(engine.runs.count)
      }
    }
    let certify = Set(
      stride(from: 0, to: task.split.certification.count, by: 1).map {
        task.split.certification.batch($0..<$0 + 1).inputs[0].floats?.first ?? 0
      })
    let searching = try #require(runsBefore.values.first)
    #expect(candidates.values.count == 1)
    #expect(engine.runs[..<searching].allSatisfy { certify.isDisjoint(with: $0) })
    let certifying = engine.runs[searching...]
    #expect(searching > 0 && !certifying.isEmpty)
    #expect(certifying.allSatisfy { Set($0) == certify })
    // The dense network once, then candidates until one fails.
    #expect(certifying.count <= 1 + (candidates.values.first ?? 0))
    #expect(outcome.certificate?.holds == true)
  }

  @Test("of those that pass, the smallest is returned")
  func returnsSmallest() throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(task, engine: ReferenceEngine())
    let accepted = outcome.rounds.filter { $0.decision == .accepted }
    #expect(accepted.contains { isClose($0.sparsity, outcome.sparsity, absolute: 1e-9) })
  }
}
