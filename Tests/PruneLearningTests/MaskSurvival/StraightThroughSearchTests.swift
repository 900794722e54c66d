import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneLearning

@Suite("Masks optimised directly")
struct StraightThroughSearchTests {
  private let engine = ReferenceEngine()
  private static let objective = Objective.crossEntropy(labelSmoothing: 0)

  @Test("keeps as many connections, lowers the loss of LAMP's masks and restores the weights")
  func improves() throws {
    let batch = TinyModels.clusters(count: 160, features: 6, classes: 4, spread: 0.6)
    let session = try PruningSession(TinyModels.mlp([6, 14, 10, 4]), engine: engine)
    for step in 0..<60 {
      _ = try engine.train(
        session.program, on: batch,
        step: TrainingStep(objective: Self.objective, learningRate: 0.05, seed: UInt64(step)))
    }
    let examples = try ExampleSet(
      inputs: batch.inputs, targets: batch.targets, named: "clusters")
    let weights = try engine.parameters(of: session.program)
    let state = try session.state(
      [], on: examples, limit: 160, batchSize: 80, objective: Self.objective, seed: 0)
    let start = try Selection.masks(
      keeping: 0.25, scores: LAMPCriterion().saliencies(of: state, seed: 0), layers: state.layers)
    var options = StraightThroughSearch<ReferenceEngine>.Options()
    options.steps = 80
    options.examplesPerStep = 60
    let masks = try StraightThroughSearch(
      of: state, session: session, fit: examples, objective: Self.objective, seed: 1,
      options: options
    ).run(from: start)
    #expect(masks.keptCount == start.keptCount)
    let after = try engine.parameters(of: session.program)
    #expect(after == weights)
    let runner = MaskedRunner(
      engine: engine, program: try session.program, state: state, batches: [batch],
      objective: Self.objective)
    func loss(_ masks: MaskSet) throws -> Double {
      try runner.loss(
        softMask: session.layers.map { layer in
          masks[layer.parameter]?.kept.map { $0 ? 1 : 0 } ?? []
        })
    }
    let (before, found) = (try loss(start), try loss(masks))
    try runner.restore()
    #expect(found < 0.8 * before)
  }
}
