import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Iterated selection")
struct IterativeSelectorTests {
  private let engine = ReferenceEngine()
  private static let density = 0.2

  /// A perceptron trained for a few steps, and its examples.
  private func session(
    labels: Bool = true
  ) throws -> (session: PruningSession<ReferenceEngine>, examples: ExampleSet) {
    let batch = TinyModels.clusters(count: 120, features: 6, classes: 4, spread: 0.6)
    let session = try PruningSession(TinyModels.mlp([6, 14, 10, 4]), engine: engine)
    for step in 0..<60 {
      _ = try engine.train(
        session.program, on: batch,
        step: TrainingStep(
          objective: .crossEntropy(labelSmoothing: 0), learningRate: 0.05, seed: UInt64(step)))
    }
    let examples = try ExampleSet(
      inputs: batch.inputs, targets: labels ? batch.targets : .none, named: "clusters")
    return (session, examples)
  }

  private func selection(
    _ session: PruningSession<ReferenceEngine>, _ examples: ExampleSet, seed: UInt64 = 0,
    adjust: (inout IterativeSettings) -> Void = { _ in }
  ) throws -> IterativeSelector<ReferenceEngine> {
    var options = IterativeSettings()
    options.examplesPerPass = 60
    options.validationExamples = 120
    adjust(&options)
    let state = try session.state(
      [], on: examples, limit: 120, batchSize: 60, objective: Self.objective, seed: 0)
    return try IterativeSelector(
      by: LogisticPredictor.prior, of: state,
      sample: SelectionSample(examples, options: options, pieceSize: 50, seed: seed),
      engine: engine, program: session.program, objective: Self.objective,
      reestimatesNormalization: false, options: options)
  }

  private static let objective = Objective.crossEntropy(labelSmoothing: 0)

  @Test(
    "keeps exactly the density and empties no layer", .tags(.property),
    arguments: [0.9, 0.5, 0.2, 0.05])
  func exact(density: Double) throws {
    let (session, examples) = try session()
    let outcome = try selection(session, examples).run(keeping: density)
    let count = session.layers.reduce(0) { $0 + $1.count }
    #expect(outcome.masks.keptCount == Int((density * Double(count)).rounded()))
    #expect(outcome.masks.masks.values.allSatisfy { $0.keptCount > 0 })
    #expect(outcome.gradientEvaluations == 20)
  }

  @Test("connections come back, and the loss falls below that of criterion once")
  func regrows() throws {
    let (session, examples) = try session()
    let outcome = try selection(session, examples).run(keeping: Self.density)
    #expect(outcome.regrownCount > 0)
    let state = try session.state(
      [], on: examples, limit: 120, batchSize: 60, objective: Self.objective, seed: 0)
    let once = try Selection.masks(
      keeping: Self.density, scores: LAMPCriterion().saliencies(of: state, seed: 0),
      layers: state.layers)
    let runner = MaskedRunner(
      engine: engine, program: try session.program, state: state,
      batches: [examples.batch(0..<examples.count)], objective: Self.objective)
    let softMask = session.layers.map { layer in
      once[layer.parameter]?.kept.map { $0 ? Float(1) : 0 } ?? []
    }
    let lossOnce = try runner.loss(softMask: softMask)
    #expect(outcome.loss < lossOnce)
  }

  @Test("repeats exactly by seed and leaves the weights as they were")
  func repeats() throws {
    let (session, examples) = try session()
    let weights = try engine.parameters(of: session.program)
    let first = try selection(session, examples, seed: 3).run(keeping: Self.density)
    let after = try engine.parameters(of: session.program)
    #expect(after == weights)
    let second = try selection(session, examples, seed: 3).run(keeping: Self.density)
    #expect(first.masks == second.masks && first.loss == second.loss)
  }

  @Test("a rival with better masks decides, one with worse masks changes nothing")
  func rival() throws {
    let (session, examples) = try session()
    let basis = FeatureBasis.products(of: ["log-lamp", "saliency-memory"], sparsityPowers: [0])
    let misleading = LogisticPredictor(basis: basis, coefficients: [-1, -1])
    let state = try session.state(
      [], on: examples, limit: 120, batchSize: 60, objective: Self.objective, seed: 0)
    func outcome(
      _ predictor: any ImportancePredictor, against rival: (any ImportancePredictor)? = nil
    ) throws -> IterativeSelector<ReferenceEngine>.Outcome {
      var options = IterativeSettings()
      options.examplesPerPass = 60
      return try IterativeSelector(
        by: predictor, against: rival, of: state,
        sample: SelectionSample(examples, options: options, pieceSize: 50, seed: 0),
        engine: engine, program: session.program, objective: Self.objective,
        reestimatesNormalization: false, options: options
      ).run(keeping: Self.density)
    }
    let prior = try outcome(LogisticPredictor.prior)
    let mended = try outcome(misleading, against: LogisticPredictor.prior)
    let kept = try outcome(LogisticPredictor.prior, against: misleading)
    #expect(mended.masks == prior.masks && kept.masks == prior.masks)
    let alone = try outcome(misleading)
    #expect(mended.loss == prior.loss && alone.loss > prior.loss)
    #expect(mended.gradientEvaluations == 40 && prior.gradientEvaluations == 20)
  }

  @Test("what the network lost before stays away")
  func keepsRemoved() throws {
    let (session, examples) = try session()
    let half = MaskSet(
      Dictionary(
        uniqueKeysWithValues: session.layers.map { layer in
          (layer.parameter, Mask((0..<layer.count).map { $0 % 2 == 0 }))
        }))
    try session.apply(half)
    let outcome = try selection(session, examples).run(keeping: Self.density)
    for layer in session.layers {
      let kept = try #require(outcome.masks[layer.parameter]).kept
      let before = try #require(half[layer.parameter]).kept
      #expect(kept.count == before.count)
      #expect(zip(kept, before).allSatisfy { !$0 || $1 })
    }
    let count = session.layers.reduce(0) { $0 + $1.count }
    #expect(outcome.masks.keptCount == Int((Self.density * Double(count)).rounded()))
  }

  @Test("the ramp falls by equal factors and then stays")
  func ramp() throws {
    let (session, examples) = try session()
    let state = try session.state(
      [], on: examples, limit: 120, batchSize: 60, objective: Self.objective, seed: 0)
    let predictor = LogisticPredictor.prior
    var options = IterativeSettings()
    options.descendingPasses = 4
    var trajectory = SelectionTrajectory<ReferenceEngine>(
      of: state, to: 0.0625, by: predictor,
      extraction: StateExtraction(
        try FeatureExtraction(names: predictor.featureNames), of: state), options: options)
    var densities: [Double] = []
    for _ in 0..<6 {
      densities.append(trajectory.passDensity)
      #expect((trajectory.earlier != nil) == (densities.count > 4))
      try trajectory.select()
    }
    let expected = [0.5, 0.25, 0.125, 0.0625, 0.0625, 0.0625]
    #expect(densities.isClose(to: expected, absolute: 1e-12))
  }

  @Test("an engine that fails in the middle leaves the weights as they were")
  func failure() throws {
    let (session, examples) = try session()
    let weights = try engine.parameters(of: session.program)
    let mislabelled = try ExampleSet(
      inputs: [examples.batch(0..<60).inputs[0]], targets: .none, named: "no labels")
    #expect(throws: EngineError.self) {
      try selection(session, mislabelled).run(keeping: Self.density)
    }
    let after = try engine.parameters(of: session.program)
    #expect(after == weights)
  }
}
