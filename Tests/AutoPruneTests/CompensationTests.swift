import AutoPrune
import Testing
import TorchBackend

@Suite("Compensation of trained networks", .serialized)
struct CompensationTests {
  /// A residual network with batch norm, trained for a moment, and its test accuracy.
  private static let residual = Task {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .criterion(named: "l2"))
    return try await pruner.train(
      try Architecture("resnet8").graph(
        options: ArchitectureOptions(inputShape: [1, 8, 8], channels: [8, 12, 16]), seed: 1),
      on: try DataSet.digits(),
      plan: TrainingPlan(
        optimizer: .standardAdam, peakLearningRate: 5e-3, batchSize: 64, epochs: 4, seed: 1))
  }

  private func sweep(
    _ graph: Graph, criterion: String, sparsity: Double, _ compensation: Compensation
  ) async throws -> SweepPoint {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .criterion(named: criterion))
    let result = try await pruner.sweep(
      graph, on: try DataSet.digits(), sparsities: [try Sparsity(sparsity)],
      options: PruningOptions(
        budget: .maximumDrop(points: 0), seed: 1, calibrationExamples: 500,
        compensation: compensation))
    return result.points[0]
  }

  @Test("recovers a network that lost whole channels, convolutions with batch norm")
  func channels() async throws {
    let graph = try await Self.residual.value.graph
    let plain = try await sweep(graph, criterion: "l2", sparsity: 0.5, .none)
    let compensated = try await sweep(graph, criterion: "l2", sparsity: 0.5, .closedForm)
    #expect(plain.compensation == nil)
    let record = try #require(compensated.compensation)
    #expect(record.keptCorrections > 0)
    #expect(record.rankedStages == record.stages)
    #expect(compensated.nonzero <= plain.nonzero + 200)
    #expect(compensated.metric > plain.metric + 0.1)
  }

  @Test("repeats exactly, and first-order steps add to it")
  func perceptron() async throws {
    let graph = try await TrainedDigits.network.value.graph
    let once = try await sweep(graph, criterion: "lamp", sparsity: 0.7, .closedForm)
    let again = try await sweep(graph, criterion: "lamp", sparsity: 0.7, .closedForm)
    #expect(once.metric == again.metric)
    #expect(once.compensation?.keptCorrections == again.compensation?.keptCorrections)
    #expect(once.compensation?.gradientSteps == 0)
    let stepped = try await sweep(graph, criterion: "lamp", sparsity: 0.7, .firstOrder)
    #expect(stepped.compensation?.gradientSteps ?? 0 > 0)
    #expect(stepped.metric > once.metric)
  }
}
