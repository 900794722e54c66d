package import PruneCore
package import PruneData
package import PruneSession
import PruneSupport
import PruneTraining

/// Examples with targets drawn from the dense network's own outputs.
package struct GateSample {
  /// The same examples twice.
  struct Pair {
    /// With a class, or a value, drawn from the dense outputs.
    let drawn: Batch
    /// With the dense outputs themselves.
    let taught: Batch
    /// Independent draws that the likelihood is a mean of: one per example, or per position of a sequence.
    let draws: Int
  }

  let batches: [Pair]
  /// Draws in all batches.
  let count: Int
  let likelihood: Objective
  let divergence: Objective

  /// - Parameters:
  ///   - batchSize: examples per gradient; small, since only the gradients' spread tells.
  package init<E: Engine>(
    _ examples: ExampleSet, of session: PruningSession<E>, isClassifier: Bool, limit: Int = 512,
    batchSize: Int = 8, seed: UInt64
  ) throws {
    let dense = try session.engine.prepare(session.graph)
    let draw = DrawnTargets(kind: OutputKind(of: session.graph), isClassifier: isClassifier)
    var generator = SeededGenerator(seed: seed, stream: "gates")
    var batches: [Pair] = []
    for batch in session.calibrationBatches(
      from: examples, limit: limit, batchSize: batchSize, seed: seed)
    {
      let outputs = try session.engine.run(dense, on: batch.inputs)
      guard let first = outputs.first else { throw TrainingError.noOutput }
      var drawn = Batch(inputs: batch.inputs)
      var taught = drawn
      taught.teacher = outputs
      var draws = batch.count
      drawn.targets = draw.targets(from: first, using: &generator)
      if case .labels(let classes) = drawn.targets { draws = classes.count }
      if !isClassifier { taught.targets = .values(first) }
      batches.append(Pair(drawn: drawn, taught: taught, draws: draws))
      if batches.count * batchSize >= Self.fewestExamples,
        batches.reduce(0, { $0 + $1.draws }) >= Self.mostDraws
      {
        break
      }
    }
    self.batches = batches
    count = batches.reduce(0) { $0 + $1.draws }
    likelihood = isClassifier ? .crossEntropy(labelSmoothing: 0) : .meanSquaredError
    divergence =
      isClassifier ? .distillation(temperature: 1, labelWeight: 0) : .meanSquaredError
  }

  /// Sequences give many draws each, of which so many are enough as long as they are of so many examples.
  private static var mostDraws: Int { 8192 }
  private static var fewestExamples: Int { 64 }
}
