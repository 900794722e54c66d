package import PruneCore
package import PruneData
package import PruneSession
import PruneSupport

/// Examples of a selection run: new ones for every pass, and a fixed validation sample.
package struct SelectionSample {
  /// Validation sample, in batches of at most one engine call.
  package let judging: [Batch]
  private let examples: ExampleSet
  /// Examples that passes draw from.
  private let pool: [Int]
  /// Examples per pass.
  private let count: Int
  private let pieceSize: Int
  private let seed: UInt64
  private let teacher: ([HostTensor]) throws -> [HostTensor]?

  /// - Parameters:
  ///   - options: sizes of the samples.
  ///   - pieceSize: largest number of examples per engine call; bounds the memory for activations.
  ///   - holdsOut: `true` keeps the validation sample, then at most a quarter of the examples, out of every pass.
  ///   - teacher: outputs of the dense network for some inputs; `nil` where the objective does not need them.
  package init(
    _ examples: ExampleSet, options: IterativeSettings, pieceSize: Int, seed: UInt64,
    holdsOut: Bool = false,
    teacher: @escaping ([HostTensor]) throws -> [HostTensor]? = { _ in nil }
  ) rethrows {
    precondition(pieceSize > 0, "pieces of \(pieceSize) examples, expected > 0")
    var generator = SeededGenerator(seed: seed, stream: "selection")
    let order = (0..<examples.count).shuffled(by: &generator)
    // A small set serves passes and validation alike: two thirds of few examples are a worse sample than all of them.
    let isSmall = !holdsOut && examples.count < 3 * options.validationExamples
    let judgingCount = min(
      options.validationExamples, holdsOut ? max(1, examples.count / 4) : examples.count)
    self.examples = examples
    pool = isSmall ? order : Array(order.dropFirst(judgingCount))
    count = min(options.examplesPerPass, pool.count)
    self.pieceSize = pieceSize
    self.seed = seed
    self.teacher = teacher
    judging = try Self.pieces(
      of: examples, Array(order.prefix(judgingCount)), size: pieceSize, teacher: teacher)
  }

  /// Examples of one pass; the same for every selection with the same seed.
  package func batches(pass: Int) throws -> [Batch] {
    try batches(pass: pass, stream: "selection pass")
  }

  /// Other examples for the same pass, for the step of θ.
  func learningBatches(pass: Int) throws -> [Batch] {
    try batches(pass: pass, stream: "refinement pass")
  }

  private func batches(pass: Int, stream: String) throws -> [Batch] {
    var generator = SeededGenerator(seed: seed &+ UInt64(pass), stream: stream)
    let chosen = pool.count == count ? pool : Array(pool.shuffled(by: &generator).prefix(count))
    return try Self.pieces(of: examples, chosen, size: pieceSize, teacher: teacher)
  }

  /// Batches of at most `size` examples, with the teacher's outputs.
  private static func pieces(
    of examples: ExampleSet, _ indices: [Int], size: Int,
    teacher: ([HostTensor]) throws -> [HostTensor]?
  ) rethrows -> [Batch] {
    try stride(from: 0, to: indices.count, by: size).map { start in
      var batch = examples.batch(Array(indices[start..<min(indices.count, start + size)]))
      batch.teacher = try teacher(batch.inputs)
      return batch
    }
  }

  /// Closure that gives the dense network's outputs for some inputs; `nil` outputs where the objective does not need
  /// them.
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
