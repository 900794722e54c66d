import LoopTestSupport
import PruneCore
import PruneData
import PruneSession
import PruneSupport
import PruneSurgery
import TestSupport
import Testing

@testable import PruneCompensation

@Suite("Newton step")
struct NewtonStepTests {
  @Test("takes a linear model of one output to its least squares at once, its bias too")
  func leastSquares() throws {
    var generator = SeededGenerator(seed: 3, stream: "regression")
    let rows = (0..<200).map { _ in (0..<3).map { _ in Float(generator.normal()) } }
    let values = rows.map { 2 * $0[0] - $0[2] + 0.5 + 0.1 * Float(generator.normal()) }
    let examples = try ExampleSet(
      inputs: [HostTensor(rows.flatMap { $0 }, shape: [200, 3])],
      targets: .values(HostTensor(values, shape: [200, 1])), named: "regression")
    let session = try PruningSession(TinyModels.mlp([3, 1]), engine: ReferenceEngine())
    let layer = try #require(session.layers.first)
    let kept = [true, false, true]
    try session.apply(MaskSet([layer.parameter: Mask(kept)]))
    var settings = CompensationSettings()
    settings.ridges = [1e-6]
    settings.steps = [1]
    let sample = CompensationSample(examples, settings: settings, seed: 0) { _ in nil }
    let step = try #require(
      NewtonStep(
        session: session, sample: sample, settings: settings, objective: .meanSquaredError,
        seed: 0))
    let candidate = try #require(try step.candidates().first)
    let weights = try #require(candidate[layer.parameter]?.floats)
    #expect(weights[1] == 0)
    // At the minimum the residuals are orthogonal to every input kept and to the constant.
    let biasName = try #require(candidate.keys.first { $0 != layer.parameter })
    let bias = try #require(candidate[biasName]?.floats?.first)
    var sums = [Float](repeating: 0, count: 3)
    #expect(!sample.fitting.isEmpty)
    for batch in sample.fitting {
      let inputs = try #require(batch.inputs[0].floats)
      guard case .values(let targets) = batch.targets, let wanted = targets.floats else {
        Issue.record("a batch has no targets")
        continue
      }
      #expect(!wanted.isEmpty)
      for (row, target) in wanted.enumerated() {
        let (first, last) = (inputs[3 * row], inputs[3 * row + 2])
        let residual = target - bias - first * weights[0] - last * weights[2]
        sums[0] += residual * first
        sums[1] += residual * last
        sums[2] += residual
      }
    }
    #expect(sums.allSatisfy { abs($0) < 0.02 }, "\(sums)")
  }

  @Test("needs an example per weight, and not too many weights")
  func tooFew() throws {
    let task = try ClusterTask.shared.get()
    let session = try PruningSession(task.graph, engine: ReferenceEngine())
    let settings = CompensationSettings()
    let sample = CompensationSample(task.split.training, settings: settings, seed: 0) { _ in nil }
    var few = settings
    few.newtonRows = 87
    #expect(
      NewtonStep(
        session: session, sample: sample, settings: few,
        objective: .crossEntropy(labelSmoothing: 0), seed: 0) == nil)
    #expect(!settings.canSolve(weights: 100, examples: 99))
    #expect(settings.canSolve(weights: 100, examples: 100))
    #expect(!settings.canSolve(weights: settings.newtonRows, examples: .max))
  }
}
