public import PruneCore
import PruneSupport

/// Examples with their targets (classes or values), normalised when a batch is made.
///
/// Copies and subsets share storage; pixels are held as bytes.
public struct ExampleSet: Sendable {
  enum Targets: Sendable {
    case none
    /// `perExample` class numbers for each example.
    case labels([Int], perExample: Int)
    /// Real values, `shape` per example.
    case values([Float], shape: [Int])
  }

  /// Name of the data in messages.
  let source: String
  var columns: [Column]
  /// Targets in the order of the examples, whatever ``rows`` says.
  var targets: Targets
  /// Index of the stored example behind each example; `nil` where all are used in order.
  private var rows: [Int]?
  /// Number of examples.
  public let count: Int

  init(
    source: String, columns: [Column], targets: Targets = .none
  ) throws(DataError) {
    self.source = source
    self.columns = columns
    self.targets = targets
    count = columns.first?.storedCount ?? 0
    rows = nil
    guard count > 0 else { throw .empty(source) }
    for column in columns {
      guard column.storedCount == count else {
        throw .wrongArray(
          source, name: column.name ?? "x", got: "\(column.storedCount) examples",
          expected: "\(count) as the first array")
      }
      if case .floats(let values) = column.storage { try Self.checkFinite(values, source) }
    }
    try checkTargets()
  }

  private init(_ other: ExampleSet, rows: [Int], targets: Targets) {
    source = other.source
    columns = other.columns
    self.rows = rows
    self.targets = targets
    count = rows.count
  }

  /// Shape of one example per input, without the example axis.
  public var exampleShapes: [[Int]] { columns.map(\.shape) }

  /// Class per example, or per position, example after example; `nil` without classes.
  public var labels: [Int]? {
    if case .labels(let labels, _) = targets { labels } else { nil }
  }

  /// `true` where examples come with classes or values.
  public var hasTargets: Bool {
    if case .none = targets { false } else { true }
  }

  /// The set of these examples, in this order; an index may repeat.
  public func subset(_ indices: [Int]) -> ExampleSet {
    let kept: Targets =
      switch targets {
      case .none: .none
      case .labels(let labels, let each):
        .labels(Self.gather(labels, indices, each: each), perExample: each)
      case .values(let values, let shape):
        .values(Self.gather(values, indices, each: shape.reduce(1, *)), shape: shape)
      }
    return ExampleSet(self, rows: stored(indices), targets: kept)
  }

  /// The same examples without classes or values.
  public func withoutTargets() -> ExampleSet {
    var result = self
    result.targets = .none
    return result
  }

  func stored(_ indices: [Int]) -> [Int] {
    guard let rows else {
      precondition(indices.allSatisfy { (0..<count).contains($0) }, "example index beyond \(count)")
      return indices
    }
    return indices.map { rows[$0] }
  }

  static func gather<Value>(_ values: [Value], _ indices: [Int], each: Int) -> [Value] {
    if each == 1 { return indices.map { values[$0] } }
    return indices.flatMap { values[$0 * each..<($0 + 1) * each] }
  }

  private func checkTargets() throws(DataError) {
    switch targets {
    case .none: break
    case .labels(let labels, let each):
      guard labels.count == count * each else {
        throw .countMismatch(source, examples: count, labels: labels.count / max(1, each))
      }
      if let index = labels.firstIndex(where: { $0 < 0 }) {
        throw .negativeLabel(source, index: index / each, label: labels[index])
      }
    case .values(let values, let shape):
      let each = shape.reduce(1, *)
      guard values.count == count * each else {
        throw .countMismatch(source, examples: count, labels: values.count / max(1, each))
      }
      try Self.checkFinite(values, source)
    }
  }

  private static func checkFinite(_ values: [Float], _ source: String) throws(DataError) {
    if let index = values.withUnsafeBufferPointer({ $0.firstIndex { !$0.isFinite } }) {
      throw .notFinite(source, index: index)
    }
  }
}

extension ExampleSet {
  /// A batch of examples: `float32` inputs `[indices, …]` (integers where the fitted model takes integers), scaled
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

  /// A batch of the examples of a range, in that order.
  public func batch(_ range: Range<Int>) -> Batch { batch(Array(range)) }

  /// Index ranges of batches: consecutive, of at most `size` examples each, covering the set.
  public func batches(of size: Int) -> [Range<Int>] {
    precondition(size > 0, "batch size is \(size), expected > 0")
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
