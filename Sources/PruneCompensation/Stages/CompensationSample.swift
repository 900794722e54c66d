import PruneCore
import PruneData
import PruneSupport

/// Examples of the fit part that a compensation looks at: some to fit layers to, others to judge by.
struct CompensationSample {
  /// Pieces to fit to.
  let fitting: [Batch]
  /// Examples in them.
  let fittingCount: Int
  /// Pieces to judge by.
  let judging: [Batch]
  /// All examples but those that judge, ascending.
  let unjudged: [Int]

  /// - Parameter teach: outputs of the dense network for the inputs, where the objective needs them.
  init(
    _ examples: ExampleSet, settings: CompensationSettings, seed: UInt64,
    teach: ([HostTensor]) throws -> [HostTensor]?
  ) rethrows {
    var generator = SeededGenerator(seed: seed, stream: "compensation")
    let order = (0..<examples.count).shuffled(by: &generator)
    // A sequence with a label per position says as much as many examples.
    let positions = max(1, (examples.labels?.count ?? 0) / max(1, examples.count))
    func limit(_ count: Int) -> Int { max(min(count, settings.fewestSequences), count / positions) }
    // Of few examples a fifth judges.
    let held = max(1, min(limit(settings.guardExamples), examples.count / 5))
    let fitted = order.dropFirst(min(held, examples.count - 1))
      .prefix(limit(settings.fittingExamples))
    func pieces(_ indices: [Int]) throws -> [Batch] {
      try stride(from: 0, to: indices.count, by: settings.pieceSize).map { start in
        var batch = examples.batch(
          Array(indices[start..<min(indices.count, start + settings.pieceSize)]))
        batch.teacher = try teach(batch.inputs)
        return batch
      }
    }
    fitting = try pieces(Array(fitted))
    fittingCount = fitted.count
    unjudged = order.count > held ? order[held...].sorted() : order
    judging = try pieces(Array(order.prefix(held)))
  }
}
