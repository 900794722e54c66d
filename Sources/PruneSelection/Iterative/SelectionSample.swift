package import PruneCore
package import PruneData
package import PruneSession
import PruneSupport

/// Examples that a selection looks at: fresh ones for every pass, and a fixed sample to judge by.
package struct SelectionSample {
  /// Pieces of the judging sample.
  package let judging: [Batch]
  private let examples: ExampleSet
  private let pool: [Int]
  private let count: Int
  private let pieceSize: Int
  private let seed: UInt64
  private let teach: ([HostTensor]) throws -> [HostTensor]?

  /// - Parameters:
  ///   - pieceSize: examples per engine call; bounds the memory for activations.
  ///   - holdsOut: whether the judging sample, then at most a quarter, is kept out of every pass.
  ///   - teach: outputs of the dense network for the inputs, where the objective needs them.
  package init(
    _ examples: ExampleSet, options: IterativeSettings, pieceSize: Int, seed: UInt64,
    holdsOut: Bool = false,
    teach: @escaping ([HostTensor]) throws -> [HostTensor]? = { _ in nil }
  ) rethrows {
    precondition(pieceSize > 0, "pieces of \(pieceSize) examples, expected > 0")
    var generator = SeededGenerator(seed: seed, stream: "selection")
    let order = (0..<examples.count).shuffled(by: &generator)
    // A small set is used for both: two thirds of few examples judge worse than all of them.
    let isSmall = !holdsOut && examples.count < 3 * options.validationExamples
    let judgingCount = min(
      options.validationExamples, holdsOut ? max(1, examples.count / 4) : examples.count)
    self.examples = examples
    pool = isSmall ? order : Array(order.dropFirst(judgingCount))
    count = min(options.examplesPerPass, pool.count)
    self.pieceSize = pieceSize
    self.seed = seed
    self.teach = teach
    judging = try Self.pieces(
      of: examples, Array(order.prefix(judgingCount)), size: pieceSize, teach: teach)
  }

  /// The examples of one pass, the same for every selection with this seed.
  package func batches(pass: Int) throws -> [Batch] {
    try batches(pass: pass, stream: "selection pass")
  }

  /// Other examples of the same pass, to move θ by.
  func learningBatches(pass: Int) throws -> [Batch] {
    try batches(pass: pass, stream: "refinement pass")
  }

  private func batches(pass: Int, stream: String) throws -> [Batch] {
    var generator = SeededGenerator(seed: seed &+ UInt64(pass), stream: stream)
    let chosen = pool.count == count ? pool : Array(pool.shuffled(by: &generator).prefix(count))
    return try Self.pieces(of: examples, chosen, size: pieceSize, teach: teach)
  }

  private static func pieces(
    of examples: ExampleSet, _ indices: [Int], size: Int,
    teach: ([HostTensor]) throws -> [HostTensor]?
  ) rethrows -> [Batch] {
    try stride(from: 0, to: indices.count, by: size).map { start in
      var batch = examples.batch(Array(indices[start..<min(indices.count, start + size)]))
      batch.teacher = try teach(batch.inputs)
      return batch
    }
  }

  /// Outputs of the dense network, where the objective compares with them.
  package static func teacher<E: Engine>(
    for objective: Objective, examples: ExampleSet, session: PruningSession<E>
  ) throws -> ([HostTensor]) throws -> [HostTensor]? {
    switch objective {
    case .crossEntropy: return { _ in nil }
    case .meanSquaredError where examples.hasTargets: return { _ in nil }
    case .meanSquaredError, .distillation:
      let engine = session.engine
      let dense = try engine.prepare(session.graph)
      return { try engine.run(dense, on: $0) }
    }
  }
}
