import Foundation
public import PruneCore
public import PruneData

/// Scores a network on data, in batches of a fixed size.
public struct Evaluator<E: Engine> {
  public let metric: Metric
  public let batchSize: Int

  /// - Parameter batchSize: examples per engine call; bounds the memory for activations.
  public init(metric: Metric, batchSize: Int = 500) {
    precondition(batchSize > 0, "batch size is \(batchSize), expected > 0")
    self.metric = metric
    self.batchSize = batchSize
  }

  /// - Parameter dense: the dense network's outputs for the same examples in the same order; needed for `fidelity`.
  /// - Throws: ``ControllerError/missingLabels(metric:)``, ``ControllerError/nonFiniteOutput(example:)`` and engine errors.
  public func evaluate(
    _ program: E.Program, of graph: Graph, with engine: E, on examples: ExampleSet,
    against dense: [HostTensor]? = nil
  ) throws -> Evaluation {
    let start = ContinuousClock.now
    let kind = OutputKind(of: graph)
    var contributions: [Float] = []
    contributions.reserveCapacity(examples.count)
    for (position, range) in examples.batches(of: batchSize).enumerated() {
      let batch = examples.batch(range)
      guard let output = try engine.run(program, on: batch.inputs).first else {
        throw ControllerError.noOutput
      }
      let scored = try OutputScore(metric: metric, kind: kind, firstExample: range.lowerBound)
        .contributions(of: output, targets: batch.targets, dense: dense?[position])
      contributions += scored
    }
    return Evaluation(
      metric: metric, contributions: contributions,
      wallSeconds: (ContinuousClock.now - start).seconds)
  }

  /// First outputs for all examples, one tensor per batch: the reference for `fidelity` and the teacher for distillation.
  public func outputs(
    _ program: E.Program, with engine: E, on examples: ExampleSet
  ) throws -> [HostTensor] {
    try examples.batches(of: batchSize).map { range in
      guard let output = try engine.run(program, on: examples.batch(range).inputs).first else {
        throw ControllerError.noOutput
      }
      return output
    }
  }
}

extension Duration {
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension Double {
  static func exponential(_ value: Double) -> Double { Foundation.exp(value) }
}
