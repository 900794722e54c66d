import Foundation
public import PruneCore
public import PruneData
import PruneSupport

/// Evaluates a network on data, in batches of a fixed size.
public struct Evaluator<E: InferenceEngine> {
  /// Metric to measure.
  public let metric: Metric
  /// Largest number of examples per engine call.
  public let batchSize: Int

  /// - Parameter batchSize: largest number of examples per engine call, > 0; bounds the memory for activations.
  public init(metric: Metric, batchSize: Int = 500) {
    precondition(batchSize > 0, "batch size is \(batchSize), expected > 0")
    self.metric = metric
    self.batchSize = batchSize
  }

  /// Evaluates a network on some examples.
  ///
  /// - Parameter dense: the dense network's ``references(_:of:with:on:)`` for the same examples; needed for `fidelity`.
  /// - Throws: ``TrainingError/missingLabels(metric:)``, ``TrainingError/nonFiniteOutput(example:)`` and engine errors.
  public func evaluate(
    _ program: E.Program, of graph: Graph, with engine: E, on examples: ExampleSet,
    against dense: [HostTensor]? = nil
  ) throws -> Evaluation {
    let start = ContinuousClock.now
    var score = OutputScore(metric: metric, kind: OutputKind(of: graph))
    score.typicalNorm = OutputScore.typicalNorm(of: dense ?? [])
    var contributions: [Float] = []
    contributions.reserveCapacity(examples.count)
    for (position, range) in examples.batches(of: batchSize).enumerated() {
      let batch = examples.batch(range)
      let outputs = try engine.run(program, on: batch.inputs)
      guard let first = outputs.first else { throw TrainingError.noOutput }
      score.firstExample = range.lowerBound
      score.meaning = meaning(of: first, graph, examples)
      contributions += try score.contributions(
        of: compared(outputs, score.meaning) ?? first, targets: batch.targets,
        dense: dense?[position])
    }
    let positions = max(1, contributions.count / max(1, examples.count))
    return Evaluation(
      metric: metric, contributions: contributions,
      range: metric == .fidelity && score.meaning == .values ? .unitInterval : nil,
      positionsPerExample: positions * examples.count == contributions.count ? positions : 1,
      wallSeconds: (ContinuousClock.now - start).seconds)
  }

  /// First outputs for all examples, one tensor per batch; the teacher of distillation.
  ///
  /// - Throws: ``TrainingError/noOutput`` and engine errors.
  public func outputs(
    _ program: E.Program, with engine: E, on examples: ExampleSet
  ) throws -> [HostTensor] {
    try examples.batches(of: batchSize).map { range in
      guard let output = try engine.run(program, on: examples.batch(range).inputs).first else {
        throw TrainingError.noOutput
      }
      return output
    }
  }

  /// Reference outputs for `fidelity`, one tensor per batch: the first output where it is class scores, otherwise all
  /// outputs of an example concatenated.
  ///
  /// - Throws: ``TrainingError/noOutput`` and engine errors.
  public func references(
    _ program: E.Program, of graph: Graph, with engine: E, on examples: ExampleSet
  ) throws -> [HostTensor] {
    try examples.batches(of: batchSize).map { range in
      let outputs = try engine.run(program, on: examples.batch(range).inputs)
      guard let first = outputs.first else { throw TrainingError.noOutput }
      return compared(outputs, meaning(of: first, graph, examples)) ?? first
    }
  }

  private func meaning(
    of output: HostTensor, _ graph: Graph, _ examples: ExampleSet
  ) -> OutputMeaning {
    OutputMeaning(
      of: graph, kind: OutputKind(of: graph), shape: output.shape,
      hasLabels: examples.labels != nil)
  }

  /// All floating-point outputs concatenated per example, `[N, values]`; `nil` where only the first output counts.
  private func compared(_ outputs: [HostTensor], _ meaning: OutputMeaning) -> HostTensor? {
    guard metric == .fidelity, meaning == .values, outputs.count > 1,
      let count = outputs.first?.shape.first
    else { return nil }
    let parts = outputs.compactMap { output -> (values: [Float], width: Int)? in
      guard output.shape.first == count, count > 0, let values = output.floats else { return nil }
      return (values, values.count / count)
    }
    let width = parts.reduce(0) { $0 + $1.width }
    var joined: [Float] = []
    joined.reserveCapacity(count * width)
    for example in 0..<count {
      for part in parts {
        joined += part.values[example * part.width..<(example + 1) * part.width]
      }
    }
    return HostTensor(joined, shape: [count, width])
  }
}

extension Double {
  package static func exponential(_ value: Double) -> Double { Foundation.exp(value) }
}
