import Foundation
import LoopTestSupport
import PruneCore
import PruneData
import TestSupport
import Testing

@testable import PruneTraining

/// Networks that put out their input, or its softmax, score hand-made numbers.
@Suite("Evaluator agrees with values worked out by hand")
struct EvaluatorTests {
  private func echo(_ operation: String = "Identity", shape: [Int]) -> Graph {
    let info = { (name: String) in
      ValueInfo(name: name, shape: [.symbolic("N")] + shape.dropFirst().map { .fixed($0) })
    }
    return Graph(
      name: "echo", inputs: [info("x")], outputs: [info("y")],
      nodes: [Node(operation, name: "echo", inputs: ["x"], outputs: ["y"])], initializers: [])
  }

  private func evaluate(
    _ values: [Float], shape: [Int], targets: Batch.Targets, metric: Metric,
    operation: String = "Identity", batchSize: Int = 2, against dense: [HostTensor]? = nil
  ) throws -> Evaluation {
    let engine = ReferenceEngine()
    let graph = echo(operation, shape: shape)
    let examples = try ExampleSet(
      inputs: [HostTensor(values, shape: shape)], targets: targets, named: "made up")
    return try Evaluator<ReferenceEngine>(metric: metric, batchSize: batchSize).evaluate(
      try engine.prepare(graph), of: graph, with: engine, on: examples, against: dense)
  }

  @Test("accuracy takes the first of equal scores, as argmax does")
  func accuracy() throws {
    let scores: [Float] = [1, 2, 3, 0, 1, 1, 1, 1]
    let evaluation = try evaluate(
      scores, shape: [4, 2], targets: .labels([1, 0, 1, 0]), metric: .accuracy)
    #expect(evaluation.contributions == [1, 1, 0, 1])
    #expect(evaluation.value == 0.75)
    #expect(evaluation.examples == 4)
  }

  @Test("top5 looks at the five best")
  func topFive() throws {
    let scores: [Float] = [9, 8, 7, 6, 5, 4, 3, 9, 8, 7, 6, 5, 4, 3]
    let evaluation = try evaluate(
      scores, shape: [2, 7], targets: .labels([4, 5]), metric: .top5)
    #expect(evaluation.contributions == [1, 0])
  }

  @Test("sequences count every position", arguments: [1, 2])
  func sequences(_ batchSize: Int) throws {
    let scores: [Float] = [0, 1, 1, 0, 0, 1, 1, 0]
    let evaluation = try evaluate(
      scores, shape: [2, 2, 2], targets: .labels([1, 1, 1, 0]), metric: .accuracy,
      batchSize: batchSize)
    #expect(evaluation.contributions == [1, 0, 1, 1])
  }

  @Test("maps of one pixel read as class scores")
  func onePixelMaps() throws {
    let evaluation = try evaluate(
      [0, 1, 5, 2, 1, 0], shape: [2, 3, 1, 1], targets: .labels([2, 1]), metric: .accuracy)
    #expect(evaluation.contributions == [1, 0])
  }

  @Test("perplexity is exp of the mean surprise, for logits and for probabilities alike")
  func perplexity() throws {
    let logits = [0.5, 0.25, 0.25, 0.5, 0.25, 0.25].map { Float(log($0)) + 3 }
    for operation in ["Identity", "Softmax"] {
      let evaluation = try evaluate(
        logits, shape: [2, 3], targets: .labels([0, 1]), metric: .perplexity, operation: operation)
      #expect(
        evaluation.contributions.isClose(to: [Float(log(2.0)), Float(log(4.0))], absolute: 1e-5))
      #expect(isClose(evaluation.value, pow(2, 1.5), absolute: 1e-4))
    }
  }

  @Test("a probability of zero stays finite")
  func impossibleLabel() throws {
    let evaluation = try evaluate(
      [200, 0, 200, 0], shape: [2, 2], targets: .labels([1, 0]), metric: .perplexity,
      operation: "Softmax")
    #expect(evaluation.value.isFinite)
  }

  @Test("errors are means over an example's numbers")
  func errors() throws {
    let targets = Batch.Targets.values(floats([0, 0, 1, 5], [2, 2]))
    let squared = try evaluate([1, 3, 1, 1], shape: [2, 2], targets: targets, metric: .mse)
    #expect(squared.contributions == [5, 8])
    #expect(squared.value == 6.5)
    let absolute = try evaluate([1, 3, 1, 1], shape: [2, 2], targets: targets, metric: .mae)
    #expect(absolute.contributions == [2, 2])
  }

  @Test("fidelity is agreement of classes, or closeness of single outputs")
  func fidelity() throws {
    let dense = [floats([1, 0, 0, 1], [2, 2]), floats([1, 0], [1, 2])]
    let classes = try evaluate(
      [3, 2, 3, 2, 0, 1], shape: [3, 2], targets: .none, metric: .fidelity, against: dense)
    #expect(classes.contributions == [1, 0, 0])
    let single = try evaluate(
      [1.1, 5], shape: [2, 1], targets: .none, metric: .fidelity,
      against: [floats([1, 1], [2, 1])])
    #expect(single.contributions.isClose(to: [0.9, 0], absolute: 1e-5))
  }

  @Test("drops are in points and positive where it got worse")
  func drops() {
    func evaluation(_ metric: Metric, _ value: Float) -> Evaluation {
      Evaluation(metric: metric, contributions: [value], wallSeconds: 0)
    }
    #expect(evaluation(.accuracy, 0.5).dropPoints(from: evaluation(.accuracy, 0.75)) == 25)
    #expect(evaluation(.mse, 0.5).dropPoints(from: evaluation(.mse, 0.25)) == 25)
  }

  @Test("NaN is told with the example's number in the data")
  func nonFinite() throws {
    let engine = ReferenceEngine()
    var graph = TinyModels.mlp([1, 1])
    try graph.setParameters([
      "layer0.weight": HostTensor([Float.greatestFiniteMagnitude], shape: [1, 1])
    ])
    let examples = try ExampleSet(
      inputs: [floats([0, 0, 0, 9], [4, 1])],
      targets: .values(floats([0, 0, 0, 0], [4, 1])), named: "large")
    #expect(throws: TrainingError.nonFiniteOutput(example: 3)) {
      try Evaluator<ReferenceEngine>(metric: .mse, batchSize: 3).evaluate(
        try engine.prepare(graph), of: graph, with: engine, on: examples)
    }
  }

  @Test("targets of the wrong kind, number or range are refused", arguments: Metric.allCases)
  func wrongTargets(_ metric: Metric) {
    guard metric != .fidelity else { return }
    #expect(throws: TrainingError.missingLabels(metric: metric)) {
      try evaluate([1, 2], shape: [1, 2], targets: .none, metric: metric)
    }
    guard metric == .accuracy || metric == .top5 || metric == .perplexity else { return }
    #expect(throws: TrainingError.labelCount(got: 2, expected: 1)) {
      try evaluate([1, 2], shape: [1, 2], targets: .labels([0, 1]), metric: metric)
    }
    #expect(throws: TrainingError.labelOutOfRange(row: 2, label: 2, classes: 2)) {
      try evaluate(
        [1, 2, 1, 2, 1, 2], shape: [3, 2], targets: .labels([0, 1, 2]), metric: metric)
    }
  }

  @Test("an error says what to do about it")
  func helpfulWords() {
    #expect(TrainingError.missingLabels(metric: .top5).description.contains("fidelity"))
    #expect(TrainingError.nonFiniteOutput(example: 7).description.contains("--mean"))
    #expect(
      TrainingError.labelOutOfRange(row: 3, label: 12, classes: 10).description
        .contains("0 ..< 10"))
  }
}
