import Foundation
package import PruneCore
package import PruneData

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
    let kind = OutputKind(of: session.graph)
    var generator = SeededGenerator(seed: seed, stream: "gates")
    var batches: [Pair] = []
    for batch in session.calibrationBatches(
      from: examples, limit: limit, batchSize: batchSize, seed: seed)
    {
      let outputs = try session.engine.run(dense, on: batch.inputs)
      guard let first = outputs.first else { throw ControllerError.noOutput }
      var drawn = Batch(inputs: batch.inputs)
      var taught = drawn
      taught.teacher = outputs
      var draws = batch.count
      if isClassifier {
        let classes = Self.classes(first, kind: kind, using: &generator)
        draws = classes.count
        drawn.targets = .labels(classes)
      } else {
        drawn.targets = .values(Self.values(around: first, using: &generator))
        taught.targets = .values(first)
      }
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

  /// One class per row, by the probabilities in that row.
  private static func classes(
    _ outputs: HostTensor, kind: OutputKind, using generator: inout SeededGenerator
  ) -> [Int] {
    var shape = outputs.shape
    while shape.count > 2, shape.last == 1 { shape.removeLast() }
    guard let values = outputs.floats, let classes = shape.last, classes > 0 else { return [] }
    return stride(from: 0, to: values.count, by: classes).map { start in
      let row = values[start..<start + classes]
      let top = row.max() ?? 0
      let weights = row.map { kind == .probabilities ? Double($0) : exp(Double($0 - top)) }
      var left = generator.uniform() * weights.reduce(0, +)
      for (index, weight) in weights.enumerated() {
        left -= weight
        if left < 0 { return index }
      }
      return classes - 1
    }
  }

  /// Outputs with noise of their own spread.
  private static func values(
    around outputs: HostTensor, using generator: inout SeededGenerator
  ) -> HostTensor {
    let values = outputs.floats ?? []
    let mean = values.reduce(0, +) / Float(max(1, values.count))
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let spread = (variance / Float(max(1, values.count))).squareRoot()
    return HostTensor(
      values.map { $0 + (generator.next() & 1 == 0 ? spread : -spread) }, shape: outputs.shape)
  }
}
