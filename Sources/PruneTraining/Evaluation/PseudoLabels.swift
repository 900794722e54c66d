package import PruneCore
package import PruneData
import PruneSupport

/// Gives unlabelled examples the dense network's own answers as targets, so that gradients, criteria and tuning have
/// something to hold on to.
///
/// Class scores give their largest class. Values are given with noise of a tenth of their own spread where gradients are to
/// be taken: at the dense network itself an exact target has none. Squared gradients then estimate the Fisher information
/// of a Gaussian around the network's output.
package struct PseudoLabels<E: Engine> {
  let graph: Graph
  let engine: E
  let program: E.Program

  package init(graph: Graph, engine: E, program: E.Program) {
    self.graph = graph
    self.engine = engine
    self.program = program
  }

  /// - Returns: the examples as they are where they have targets.
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

  private func noisy(_ values: [Float], seed: UInt64) -> [Float] {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let scale = 0.1 * max(variance, 1e-12).squareRoot()
    var generator = SeededGenerator(seed: seed, stream: "self-labelling")
    return values.map { $0 + Float(scale * generator.normal()) }
  }
}
