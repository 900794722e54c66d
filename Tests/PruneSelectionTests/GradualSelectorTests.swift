import LoopTestSupport
import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSurgery
import PruneTraining
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Gradual selector")
struct GradualSelectorTests {
  private let engine = ReferenceEngine()

  private func selector(
    _ criterion: PruningCriterion, _ session: PruningSession<ReferenceEngine>
  ) throws -> GradualSelector<ReferenceEngine> {
    try SelectorChoice(
      criterion, session: session, fit: try ClusterTask.clusters(60, spread: 0.5, seed: 2),
      objective: .crossEntropy(labelSmoothing: 0),
      options: PruningOptions(budget: .maximumDrop(points: 0))
    ).gradualSelector()
  }

  private func session() throws -> PruningSession<ReferenceEngine> {
    try PruningSession(TinyModels.mlp([4, 12, 3]), engine: engine)
  }

  @Test("a predictor gives way to the optimizer's second moments, and what went stays away")
  func secondMoments() throws {
    let session = try session()
    let selector = try selector(.predictor(LogisticPredictor.prior, name: "prior"), session)
    try Trainer(
      engine,
      plan: TrainingPlan(optimizer: .standardAdam, peakLearningRate: 0.01, epochs: 3, seed: 1)
    ).train(session.program, on: try ClusterTask.clusters(60, spread: 0.5, seed: 2))
    let state = try engine.optimizerState(of: session.program)
    let parameters = try engine.parameters(of: session.program)
    let scores = session.layers.map { layer in
      zip(
        parameters[layer.parameter]?.floats ?? [],
        state["second/" + layer.parameter]?.floats ?? []
      ).map { $0 * $0 * $1.squareRoot() }
    }
    let expected = try Selection.masks(keeping: 0.5, scores: scores, layers: session.layers)
    let first = try selector.select(keeping: 0.5).masks
    #expect(first == expected)
    try session.apply(first)
    let second = try selector.select(keeping: 0.25).masks
    #expect(second.keptCount == 21)
    for (name, mask) in second.masks {
      let before = try #require(first[name])
      #expect(zip(mask.kept, before.kept).allSatisfy { !$0 || $1 })
    }
  }

  @Test("a criterion is taken as it is, less often where it needs statistics")
  func criteria() throws {
    let session = try session()
    let lamp = try selector(.criterion(LAMPCriterion()), session)
    let state = NetworkState(graph: session.graph, layers: session.layers)
    #expect(
      try lamp.select(keeping: 0.3).masks
        == Selection.masks(
          keeping: 0.3, scores: LAMPCriterion().saliencies(of: state, seed: 0),
          layers: session.layers))
    #expect(try lamp.interval(stepsPerEpoch: 320) == 20)
    #expect(try selector(.criterion(FisherCriterion()), session).interval(stepsPerEpoch: 320) == 80)
    #expect(try lamp.interval(stepsPerEpoch: 3) == 1)
  }
}
