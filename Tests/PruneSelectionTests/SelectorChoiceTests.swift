import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Choice of a mask selector")
struct SelectorChoiceTests {
  private let engine = ReferenceEngine()
  private static let objective = Objective.crossEntropy(labelSmoothing: 0)

  private func selector(
    _ criterion: PruningCriterion, _ session: PruningSession<ReferenceEngine>,
    hasLabels: Bool = true,
    objective: Objective = SelectorChoiceTests.objective
  ) throws -> any MaskSelector {
    let batch = TinyModels.clusters(count: 90, features: 6, classes: 4)
    return try SelectorChoice(
      criterion, session: session,
      fit: try ExampleSet(
        inputs: batch.inputs, targets: hasLabels ? batch.targets : .none, named: "clusters"),
      objective: objective, options: PruningOptions(budget: .maximumDrop(points: 0))
    ).finalSelector()
  }

  private func session() throws -> PruningSession<ReferenceEngine> {
    try PruningSession(TinyModels.mlp([6, 14, 10, 4]), engine: engine)
  }

  @Test("a predictor without state features ranks once, as do criteria")
  func once() throws {
    let session = try session()
    let state = NetworkState(graph: session.graph, layers: session.layers)
    let basis = FeatureBasis.products(of: ["log-lamp"], sparsityPowers: [0])
    let predictor = LogisticPredictor(basis: basis, rankingBy: "log-lamp")
    #expect(!predictor.readsState)
    let expected = try Selection.masks(
      keeping: 0.3, scores: LAMPCriterion().saliencies(of: state, seed: 0), layers: state.layers)
    for criterion in [
      PruningCriterion.predictor(predictor, name: "lamp"), .criterion(LAMPCriterion()),
    ] {
      let selected = try selector(criterion, session).select(keeping: 0.3)
      #expect(selected.masks == expected)
      #expect(selected.gradientEvaluations == 0)
    }
  }

  @Test("a predictor with state features takes a gradient per pass")
  func iterated() throws {
    let session = try session()
    let selected = try selector(.predictor(LogisticPredictor.prior, name: "prior"), session)
      .select(keeping: 0.3)
    let count = session.layers.reduce(0) { $0 + $1.count }
    #expect(selected.masks.keptCount == Int((0.3 * Double(count)).rounded()))
    #expect(selected.gradientEvaluations == 20)
  }

  @Test("without labels the dense network's outputs are what the loss compares with")
  func withoutLabels() throws {
    let session = try session()
    let selected = try selector(
      .predictor(LogisticPredictor.prior, name: "prior"), session, hasLabels: false,
      objective: .distillation(temperature: 2, labelWeight: 0)
    ).select(keeping: 0.3)
    #expect(selected.gradientEvaluations == 20)
    #expect(selected.masks.masks.values.allSatisfy { $0.keptCount > 0 })
  }
}
