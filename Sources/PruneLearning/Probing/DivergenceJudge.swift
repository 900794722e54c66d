import PruneCore
import PruneData
import PruneSession

/// How far the outputs of a session's network are from those of the dense one: the Kullback–Leibler divergence up to a
/// constant, or the mean squared error of values.
struct DivergenceJudge<E: Engine> {
  private let session: PruningSession<E>
  private let batches: [Batch]
  private let objective: Objective

  init(
    _ examples: ExampleSet, of session: PruningSession<E>, isClassifier: Bool, batchSize: Int
  ) throws {
    self.session = session
    objective = isClassifier ? .distillation(temperature: 1, labelWeight: 0) : .meanSquaredError
    let dense = try session.engine.prepare(session.graph)
    batches = try stride(from: 0, to: examples.count, by: batchSize).map { start in
      let inputs = examples.batch(start..<min(examples.count, start + batchSize)).inputs
      var batch = Batch(inputs: inputs)
      let outputs = try session.engine.run(dense, on: inputs)
      batch.teacher = outputs
      if !isClassifier { batch.targets = .values(outputs[0]) }
      return batch
    }
  }

  /// Mean over the examples.
  func divergence() throws -> Double {
    var (sum, count) = (0.0, 0)
    for batch in batches {
      let loss = try session.engine.gradients(
        of: try session.program, on: batch, objective: objective, for: []
      ).loss
      sum += loss * Double(batch.count)
      count += batch.count
    }
    return sum / Double(max(1, count))
  }
}
