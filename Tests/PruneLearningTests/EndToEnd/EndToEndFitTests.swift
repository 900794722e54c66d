import LoopTestSupport
import PruneCore
import PruneFeatures
import PruneSelection
import Testing

@testable import PruneLearning
@testable import PrunePredictor

@Suite struct EndToEndFitTests {
  private func start(on task: PruningTask<ToyEngine.Program>) -> LogisticPredictor {
    LogisticPredictor(
      basis: ToyNetwork.basis.standardized(on: [task.table]), rankingBy: "log-magnitude")
  }

  @Test("the relaxed objective's gradient agrees with finite differences")
  func gradient() throws {
    let network = try ToyNetwork(seed: 1)
    let task = try network.task()
    let predictor = start(on: task)
    let objective = EndToEndObjective(
      [task], predictor: predictor, engine: network.engine, lossScale: 0.1)
    let theta = predictor.parameters.enumerated().map { $1 + 0.1 * Double($0 % 3) - 0.1 }
    for cell in objective.cells {
      let (_, gradient) = try objective.value(of: cell, at: theta, temperature: 0.5)
      for index in theta.indices {
        var moved = theta
        moved[index] += 0.01
        let up = try objective.value(of: cell, at: moved, temperature: 0.5).value
        moved[index] -= 0.02
        let down = try objective.value(of: cell, at: moved, temperature: 0.5).value
        let difference = (up - down) / 0.02
        #expect(abs(gradient[index] - difference) < 0.01 * max(1, abs(difference)))
      }
    }
  }

  @Test("fitting beats the start on the same tasks and on a network it has not seen")
  func improves() throws {
    let networks = try (1...3).map { try ToyNetwork(seed: $0) }
    let tasks = try networks.map { try $0.task() }
    let predictor = start(on: tasks[0])
    var stages: [String] = []
    let outcome = try EndToEndFit().fit(predictor, on: tasks, engine: networks[0].engine) {
      stages.append($0.name)
    }
    #expect(stages == ["start", "0.5", "0.25", "0.12"])
    #expect(outcome.hardValue < outcome.stages[0].hardValue - 0.1)

    let unseen = try ToyNetwork(seed: 44)
    let task = try unseen.task()
    func value(_ predictor: LogisticPredictor) throws -> Double {
      try EndToEndObjective([task], predictor: predictor, engine: unseen.engine, lossScale: 0.1)
        .hardValue(at: predictor.parameters)
    }
    let (before, after) = (try value(predictor), try value(outcome.predictor))
    #expect(after < before)
  }

  @Test("a fit is never worse than the start, and repeats exactly")
  func repeats() throws {
    let network = try ToyNetwork(seed: 5)
    let task = try network.task()
    let predictor = start(on: task)
    var fit = EndToEndFit()
    fit.temperatures = [0.15]
    let outcome = try fit.fit(predictor, on: [task], engine: network.engine)
    let again = try fit.fit(predictor, on: [task], engine: network.engine)
    #expect(outcome.hardValue <= outcome.stages[0].hardValue)
    #expect(outcome.predictor == again.predictor)
    #expect(outcome.stages.map(\.name) == ["start", "0.15"])
  }

  @Test("weights come back, also after an engine error")
  func restores() throws {
    let network = try ToyNetwork(seed: 6)
    let weights = network.program.parameters
    let task = try network.task()
    #expect(network.program.parameters == weights)
    let predictor = start(on: task)
    #expect(throws: EngineError.self) {
      try EndToEndFit().fit(predictor, on: [task], engine: ToyEngine(failsAfterCalls: 7))
    }
    #expect(network.program.parameters == weights)
  }

  @Test("weights that cannot be brought back are an error, not a result")
  func failedRestoration() throws {
    let network = try ToyNetwork(seed: 6)
    let task = try network.task()
    let predictor = start(on: task)
    var fit = EndToEndFit()
    fit.temperatures = [0.15]
    let whole = ToyEngine()
    _ = try fit.fit(predictor, on: [task], engine: whole)
    try #require(whole.parameterChanges > 1)
    // All changes succeed but the last, which brings the weights back.
    #expect(throws: EngineError.self) {
      try fit.fit(
        predictor, on: [task],
        engine: ToyEngine(failsAfterChanges: whole.parameterChanges - 1))
    }
  }

  @Test("states along a trajectory keep their removed connections removed")
  func keepsRemoved() throws {
    let network = try ToyNetwork(seed: 7)
    let kept = (0..<120).map { $0 % 3 != 0 }
    let task = try network.task(densities: [0.3], masks: [Mask(kept), nil], denseLoss: 0.2)
    #expect(task.denseLoss == 0.2)
    let predictor = start(on: task)
    let scores = predictor.scores(for: task.table, targetDensity: 0.3)
    let softMask = HardSelection.softMask(
      scores: scores, masks: task.state.masks, keptCount: 48)
    #expect(zip(softMask[0], kept).allSatisfy { $1 || $0 == 0 })
    let outcome = try EndToEndFit().fit(predictor, on: [task], engine: network.engine)
    #expect(outcome.hardValue <= outcome.stages[0].hardValue)
  }

  @Test("a tree's leaf scores are fitted the same way")
  func fitsTree() throws {
    let network = try ToyNetwork(seed: 8)
    let task = try network.task()
    let tree = SplitTree(
      featureNames: ["log-magnitude", "column-score"],
      nodes: [
        .init(feature: 0, threshold: -1, left: 1, right: 2), .leaf,
        .init(feature: 1, threshold: 0, left: 3, right: 4), .leaf, .leaf,
      ])
    let predictor = DecisionTreePredictor(tree: tree, leafScores: [-1, 1, 0.5])
    let outcome = try EndToEndFit().fit(
      predictor, on: [task], engine: network.engine)
    #expect(outcome.hardValue <= outcome.stages[0].hardValue)
  }

  @Test("broken tasks and options are refused")
  func refuses() throws {
    let network = try ToyNetwork(seed: 9)
    #expect(throws: PredictorError.self) { try network.task(densities: [1.5]) }
    let task = try network.task()
    let predictor = start(on: task)
    #expect(throws: PredictorError.noData("pruning task")) {
      try EndToEndFit().fit(predictor, on: [], engine: network.engine)
    }
    var fit = EndToEndFit()
    fit.temperatures = [0]
    #expect(throws: PredictorError.self) {
      try fit.fit(predictor, on: [task], engine: network.engine)
    }
  }
}
