import Foundation
import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneTraining
import TestSupport
import Testing

@testable import PruneController

@Suite("An accuracy budget")
struct AccuracyBudgetTests {
  private func options(
    _ budget: Budget, epochs: Double = 0, metric: Metric = .accuracy, seconds: Double? = nil
  ) -> PruningOptions {
    PruningOptions(
      budget: budget, metric: metric, fineTuneEpochs: epochs, timeLimitSeconds: seconds,
      batchSize: 48)
  }

  private func prune(
    _ options: PruningOptions, _ task: ClusterTask, engine: some Engine = ReferenceEngine(),
    progress: @escaping (PruningProgress) -> Void = { _ in }
  ) throws -> PruningOutcome {
    try PruningController(
      engine: engine, criterion: .criterion(try SaliencyCriteria.named("fisher")), options: options
    ).prune(task.graph, split: task.split, progress: progress)
  }

  private func evaluate(_ graph: Graph, on examples: ExampleSet) throws -> Evaluation {
    let engine = ReferenceEngine()
    return try Evaluator<ReferenceEngine>(metric: .accuracy).evaluate(
      try engine.prepare(graph), of: graph, with: engine, on: examples)
  }

  @Test("holds on the search part, and its certificate on the certify part", arguments: [0, 3.0])
  func holds(_ epochs: Double) throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(options(.maximumDrop(points: 6), epochs: epochs), task)
    #expect(outcome.isBudgetMet)
    #expect(outcome.masks.sparsity > 0.1)

    let dense = try evaluate(task.graph, on: task.split.validation)
    let pruned = try evaluate(outcome.graph, on: task.split.validation)
    #expect(pruned.value == outcome.pruned.value)
    #expect(dense.value == outcome.dense.value)
    #expect(pruned.dropPoints(from: dense) <= 6)

    let certificate = try #require(outcome.certificate)
    let recomputed = try PairedBound(confidence: 0.95).certificate(
      dense: try evaluate(task.graph, on: task.split.certification),
      pruned: try evaluate(outcome.graph, on: task.split.certification), maxDropPoints: 6)
    #expect(certificate.regressed == recomputed.regressed)
    #expect(certificate.recovered == recomputed.recovered)
    #expect(certificate.confidence == 0.95)
    // Within a sequence of tests a bound has at most the whole error probability.
    #expect(certificate.dropUpperBoundPoints >= recomputed.dropUpperBoundPoints)
    #expect(certificate.holds)
    #expect(certificate.samples == task.split.certification.count)
  }

  @Test("what breaks it is undone, and the next step is gentler")
  func stepsBack() throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(options(.maximumDrop(points: 6), epochs: 6), task)
    let tuned = outcome.rounds.filter { $0.epochs > 0 }
    #expect(tuned.contains { $0.decision == .rolledBack })
    let retried = zip(tuned, tuned.dropFirst()).filter { $0.0.decision == .rolledBack }
    #expect(!retried.isEmpty)
    for (round, next) in retried {
      #expect(next.densityBefore == round.densityBefore)
      #expect(next.densityAfter > round.densityAfter)
    }
    let accepted = outcome.rounds.filter { $0.decision == .accepted }
    #expect(!accepted.isEmpty)
    for round in accepted { #expect(round.dropUpperBoundPoints <= 6) }
    #expect(outcome.evaluations >= outcome.rounds.count)
  }

  @Test("tuning finds smaller networks than pruning alone")
  func tuningHelps() throws {
    let task = try ClusterTask.shared.get()
    let plain = try prune(options(.maximumDrop(points: 6)), task)
    let tuned = try prune(options(.maximumDrop(points: 6), epochs: 8), task)
    #expect(tuned.sparsity > plain.sparsity)
    #expect(tuned.epochs > 0 && tuned.epochs <= 8 + 1e-9)
  }

  @Test("an epoch too short to recover in costs nothing", arguments: [0.03, 0.3])
  func shortTuning(_ epochs: Double) throws {
    let task = try ClusterTask.shared.get()
    let plain = try prune(options(.maximumDrop(points: 6)), task)
    let tuned = try prune(options(.maximumDrop(points: 6), epochs: epochs), task)
    // Both bisect, from different ends, to a hundredth.
    #expect(tuned.sparsity >= plain.sparsity - 0.02)
  }

  @Test(
    "few epochs over few examples are tuned in smaller batches",
    arguments: [(1.0, 24), (12.0, 24), (20.0, 48)])
  func batches(_ epochs: Double, _ expected: Int) throws {
    let task = try ClusterTask.shared.get()
    let choices = Recorder<TuningChoice>()
    let running = options(.sparsity(try Sparsity(0.5)), epochs: epochs, seconds: 1)
    _ = try prune(running, task) { event in
      if case .tuningChosen(let choice) = event { choices.add(choice) }
    }
    #expect(choices.values.map(\.batchSize) == [expected])
  }

  @Test("a search, whose gradual pruning gets part of the epochs, takes smaller batches still")
  func batchesOfSearches() throws {
    let task = try ClusterTask.shared.get()
    let choices = Recorder<TuningChoice>()
    _ = try prune(options(.maximumDrop(points: 6), epochs: 20), task) { event in
      if case .tuningChosen(let choice) = event { choices.add(choice) }
    }
    #expect(choices.values.map(\.batchSize) == [24])
  }

  @Test("a gradual pruning that went too far is tuned on or gets weights back, never fewer")
  func repairs() throws {
    let task = try ClusterTask.shared.get()
    // Several, since none alone must go too far on every processor.
    let outcomes = try [0.5, 1, 3, 8].map {
      try prune(options(.maximumDrop(points: 8), epochs: $0), task)
    }
    let repairs = outcomes.flatMap { zip($0.rounds, $0.rounds.dropFirst()) }.filter {
      $0.decision == .retrained && $1.epochs > 0
    }
    #expect(!repairs.isEmpty)
    for (round, next) in repairs { #expect(next.densityAfter >= round.densityAfter) }
  }

  @Test("where nothing keeps the budget, next to nothing removed is not tried again and again")
  func nothingHolds() throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(options(.maximumDrop(points: 0.2), epochs: 0.3), task)
    #expect(!outcome.rounds.isEmpty)
    #expect(outcome.rounds.allSatisfy { $0.densityAfter < 0.97 })
  }

  @Test("the same seed repeats exactly")
  func determinism() throws {
    let task = try ClusterTask.shared.get()
    let options = options(.maximumDrop(points: 6), epochs: 2)
    let first = try prune(options, task)
    let again = try prune(options, task)
    #expect(first.graph == again.graph)
    #expect(first.certificate == again.certificate)
    #expect(first.rounds.map(\.decision) == again.rounds.map(\.decision))
  }

  @Test("too few examples for a certificate are told, and the search goes on without one")
  func uncertifiable() throws {
    let task = try ClusterTask.shared.get()
    let small = ClusterTask(
      task, split: DataSplit(task.split.training.subset(Array(0..<120)), seed: 0))
    let warnings = Recorder<String>()
    let outcome = try prune(options(.maximumDrop(points: 5)), small) { event in
      if case .warning(let text) = event { warnings.add(text) }
    }
    #expect(outcome.certificate == nil)
    #expect(outcome.isBudgetMet)
    #expect(outcome.sparsity > 0)
    let text = try #require(warnings.values.first)
    for word in ["5.0 points", "20 certification examples", "68 would do"] {
      #expect(text.contains(word), "'\(text)' lacks '\(word)'")
    }
  }

  @Test("a metric below what the dense network has is kept")
  func minimumMetric() throws {
    let task = try ClusterTask.shared.get()
    let dense = try evaluate(task.graph, on: task.split.validation).value
    let outcome = try prune(options(.metricBound(dense - 0.06)), task)
    #expect(outcome.isBudgetMet)
    #expect(try evaluate(outcome.graph, on: task.split.validation).value >= dense - 0.06)
  }

  @Test("a metric above the dense network's cannot be met: the network comes back unchanged")
  func unreachableMetric() throws {
    let task = try ClusterTask.shared.get()
    let warnings = Recorder<String>()
    let outcome = try prune(options(.metricBound(1.01), epochs: 1), task) { event in
      if case .warning(let text) = event { warnings.add(text) }
    }
    #expect(!outcome.isBudgetMet)
    #expect(outcome.graph == task.graph)
    #expect(outcome.sparsity == 0)
    #expect(outcome.certificate == nil)
    #expect(outcome.pruned == outcome.dense)
    #expect(warnings.values.contains { $0.contains("1.01") })
  }

  @Test("cancelling after the first success returns the best so far", arguments: [0, 30.0])
  func cancellation(_ epochs: Double) async throws {
    let task = try ClusterTask.shared.get()
    let running = Task {
      try prune(options(.maximumDrop(points: 8), epochs: epochs), task) { event in
        switch event {
        case .round(let round) where round.decision == .accepted && epochs == 0,
          .round(let round) where round.epochs > 0:
          withUnsafeCurrentTask { $0?.cancel() }
        default: break
        }
      }
    }
    let outcome = try await running.value
    #expect(outcome.isBudgetMet)
    #expect(outcome.rounds.contains { $0.decision == .accepted })
    #expect(outcome.sparsity > 0)
    #expect(outcome.epochs < 25)
  }

  @Test("cancelling in the midst of tuning does not lose what was accepted")
  func cancellationWhileTuning() async throws {
    let task = try ClusterTask.shared.get()
    let running = Task {
      try prune(options(.maximumDrop(points: 8), epochs: 40), task) { event in
        if case .tuning(_, _, let training) = event, training.step == 2 {
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    let outcome = try await running.value
    #expect(outcome.isBudgetMet)
    #expect(outcome.sparsity > 0)
    #expect(outcome.epochs < 5)
  }

  @Test("no time at all leaves the dense network")
  func noTime() throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(options(.maximumDrop(points: 6), epochs: 50, seconds: 0), task)
    #expect(!outcome.isBudgetMet)
    #expect(outcome.graph == task.graph)
  }

  @Test("a time limit ends a tuning that would go on for minutes")
  func timeLimit() throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(options(.maximumDrop(points: 6), epochs: 5_000, seconds: 1), task)
    #expect(outcome.wallSeconds < 20)
    #expect(outcome.epochs < 5_000)
  }

  @Test("fidelity needs no labels", arguments: [0, 1.0])
  func fidelity(_ epochs: Double) throws {
    let task = try ClusterTask.shared.get()
    let unlabelled = DataSplit(
      try ClusterTask.clusters(1_200, spread: 0.7, seed: 1).withoutTargets(), seed: 0)
    let outcome = try PruningController(
      engine: ReferenceEngine(), criterion: .criterion(MagnitudeCriterion()),
      options: options(.maximumDrop(points: 6), epochs: epochs, metric: .fidelity)
    ).prune(task.graph, split: unlabelled)
    #expect(outcome.dense.value == 1)
    #expect(outcome.isBudgetMet)
    #expect(outcome.pruned.value >= 0.94)
    #expect(outcome.certificate?.recovered == 0)
  }

  @Test("a budget that allows everything ends where a layer would be emptied", arguments: [0, 2.0])
  func everything(_ epochs: Double) throws {
    let task = try ClusterTask.shared.get()
    let outcome = try prune(options(.maximumDrop(points: 100), epochs: epochs), task)
    #expect(outcome.isBudgetMet)
    #expect(outcome.masks.keptCount >= 2)
    #expect(outcome.sparsity > 0.9)
  }

  @Test("negative and non-finite budgets are refused")
  func badBudgets() throws {
    let task = try ClusterTask.shared.get()
    #expect(throws: BudgetError.negativeDrop(-1)) {
      try prune(options(.maximumDrop(points: -1)), task)
    }
    #expect(throws: BudgetError.metricOutOfRange(.infinity, .accuracy)) {
      try prune(options(.metricBound(.infinity)), task)
    }
    #expect(throws: BudgetError.metricOutOfRange(-0.5, .accuracy)) {
      try prune(options(.metricBound(-0.5)), task)
    }
  }
}
