public import PruneCore

extension ExampleSet {
  /// The examples as `float32` inputs `[indices, …]` (integers where the fitted model takes integers), scaled
  /// and normalised, with their classes or values.
  public func batch(_ indices: [Int]) -> Batch {
    let rows = stored(indices)
    let inputs = columns.map { $0.gather(rows) }
    switch targets {
    case .none:
      return Batch(inputs: inputs)
    case .labels(let labels, let each):
      return Batch(
        inputs: inputs, targets: .labels(Self.gather(labels, indices, each: each)))
    case .values(let values, let shape):
      let gathered = Self.gather(values, indices, each: shape.reduce(1, *))
      return Batch(
        inputs: inputs, targets: .values(HostTensor(gathered, shape: [indices.count] + shape)))
    }
  }

  /// The examples of a range or of a list of indices, in that order.
  public func batch(_ range: Range<Int>) -> Batch { batch(Array(range)) }

  /// Consecutive ranges of at most `size` examples that cover the set.
  public func batches(of size: Int) -> [Range<Int>] {
    precondition(size > 0, "batch size is \(size), expected > 0")
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}

extension Array {
  /// Fisher–Yates with a draw that no standard-library release changes.
  mutating func shuffleRepeatably<Generator: RandomNumberGenerator>(
    using generator: inout Generator
  ) {
    guard count > 1 else { return }
    for index in stride(from: count - 1, to: 0, by: -1) {
      let draw = generator.next().multipliedFullWidth(by: UInt64(index + 1)).high
      swapAt(index, Int(draw))
    }
  }
}
