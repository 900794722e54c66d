import Foundation
package import PruneCore
package import PruneData
package import PruneSupport

/// Pseudo-labels: the dense network's own outputs as targets of unlabelled examples, for gradients, criteria and
/// fine-tuning.
///
/// Class scores give their largest class. Values are given as they are, or with Gaussian noise where gradients are to
/// be taken: at the dense network itself an exact target has a zero gradient. Squared gradients then estimate the
/// Fisher information of a Gaussian around the network's output.
package struct PseudoLabels<E: InferenceEngine> {
  let graph: Graph
  let engine: E
  let program: E.Program

  package init(graph: Graph, engine: E, program: E.Program) {
    self.graph = graph
    self.engine = engine
    self.program = program
  }

  /// Examples with pseudo-labels, or unchanged where they have targets.
  ///
  /// - Parameter noiseSeed: seed of the noise added to values; `nil` adds none.
  /// - Throws: ``TrainingError/noOutput`` and engine errors.
  package func labelled(
    _ examples: ExampleSet, noiseSeed: UInt64? = nil
  ) throws -> ExampleSet {
    guard !examples.hasTargets else { return examples }
    let outputs = try Evaluator<E>(metric: .fidelity).outputs(program, with: engine, on: examples)
    guard let first = outputs.first, !first.shape.isEmpty else { throw TrainingError.noOutput }
    let values = try outputs.flatMap { output in
      guard let floats = output.floats else { throw TrainingError.noOutput }
      return floats
    }
    let meaning = OutputMeaning(
      of: graph, kind: OutputKind(of: graph), shape: first.shape, hasLabels: false)
    switch meaning {
    case .classes:
      let (rows, classes) = OutputScore.rows([examples.count] + first.shape.dropFirst())
      return try examples.labelled(
        .labels(
          (0..<rows).map { OutputScore.argmax(values[$0 * classes..<($0 + 1) * classes]) }))
    case .values:
      return try examples.labelled(
        .values(
          HostTensor(
            noiseSeed.map { noisy(values, seed: $0) } ?? values,
            shape: [examples.count] + first.shape.dropFirst())))
    }
  }

  /// Values plus Gaussian noise of a tenth of their standard deviation, chosen by hand.
  private func noisy(_ values: [Float], seed: UInt64) -> [Float] {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let scale = 0.1 * max(variance, 1e-12).squareRoot()
    // The stream has an earlier name: another one would draw other noise.
    var generator = SeededGenerator(seed: seed, stream: "self-labelling")
    return values.map { $0 + Float(scale * generator.normal()) }
  }
}

/// Targets drawn from a network's own outputs; the gradients of single examples then have the Fisher matrix as their
/// covariance.
package struct DrawnTargets {
  /// Kind of the first output.
  let kind: OutputKind
  /// `true` draws classes, `false` values.
  let isClassifier: Bool

  package init(kind: OutputKind, isClassifier: Bool) {
    self.kind = kind
    self.isClassifier = isClassifier
  }

  /// Classes drawn by their probabilities, or outputs with noise of their own standard deviation.
  ///
  /// - Parameter outputs: first output of the network, examples first.
  package func targets(
    from outputs: HostTensor, using generator: inout SeededGenerator
  ) -> Batch.Targets {
    isClassifier
      ? .labels(classes(outputs, using: &generator))
      : .values(values(around: outputs, using: &generator))
  }

  /// One class per row, drawn by the probabilities in that row.
  private func classes(_ outputs: HostTensor, using generator: inout SeededGenerator) -> [Int] {
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

  /// Outputs plus or minus their standard deviation, with random signs.
  private func values(
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
