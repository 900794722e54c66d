package import PruneCore
package import PruneData
package import PruneSession
import PruneSupport
import PruneTraining

/// Sample of examples with targets from the dense network's own outputs, for gate saliencies.
package struct GateSample {
  /// Two batches of the same examples, with different targets.
  struct Pair {
    /// Batch with classes, or values, drawn from the dense network's outputs.
    let drawn: Batch
    /// Batch with the dense network's outputs as the teacher.
    let distilled: Batch
    /// Number of independent draws that the likelihood is a mean of: one per example, or per position of a sequence.
    let draws: Int
  }

  let batches: [Pair]
  /// Number of draws in all batches.
  let count: Int
  /// Loss of the drawn targets.
  let likelihood: Objective
  /// Divergence from the dense network.
  let divergence: Objective

  /// - Parameters:
  ///   - isClassifier: `true` draws classes, `false` values.
  ///   - limit: largest number of examples.
  ///   - batchSize: examples per gradient; small, since the spread of gradients is what is measured.
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
      var distilled = drawn
      distilled.teacher = outputs
      var draws = batch.count
      drawn.targets = draw.targets(from: first, using: &generator)
      if case .labels(let classes) = drawn.targets { draws = classes.count }
      if !isClassifier { distilled.targets = .values(first) }
      batches.append(Pair(drawn: drawn, distilled: distilled, draws: draws))
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

  /// Number of draws that is enough for sequences, which give many draws each; chosen by hand.
  private static var mostDraws: Int { 8192 }
  /// Smallest number of examples, whatever their draws; chosen by hand.
  private static var fewestExamples: Int { 64 }
}
