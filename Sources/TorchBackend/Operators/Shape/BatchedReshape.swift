internal import PruneCore

/// A reshape of every example alone, whatever their number; stands in for `Reshape`, `Flatten` and
/// the like.
struct BatchedReshape: GraphOperator {
  static let operations: [String: ClosedRange<Int>] = [:]

  /// Axis of the examples in the input.
  private let source: Int
  /// Output shape, whose extent at `target` is the number of examples.
  private let shape: [Int]
  private let target: Int

  init(source: Int, shape: [Int], target: Int) {
    self.source = source
    self.shape = shape
    self.target = target
  }

  init(_ node: NodeReader) throws(EngineError) {
    throw node.refusal(of: "operator", "stands in for others and has no node of its own")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let from = try x.shape
    guard source < from.count else { throw .misfit("the data has no axis \(source)") }
    var to = shape
    to[target] = from[source]
    if from.count(before: source) == to.count(before: target) { return [try x.reshaped(to)] }
    let examplesFirst = [source] + from.indices.filter { $0 != source }
    let rest = to.indices.filter { $0 != target }
    let reshaped = try x.permuted(examplesFirst).reshaped([to[target]] + rest.map { to[$0] })
    var order = Array(1..<to.count)
    order.insert(0, at: target)
    return [try reshaped.permuted(order)]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.reshaped() }
}

extension BatchFacts {
  /// Rule of operators that preserve the order of each example's elements: the examples are carried
  /// by an axis with equally many elements before it, or else by the first axis that holds them
  /// alone.
  func reshaped() -> BatchRule {
    guard let source = dataAxis, let from = inputShape, let to = outputShape else {
      return .unprovable("its shape depends on the examples")
    }
    let holders = to.indices.filter { to[$0] == batch }
    let ahead = from.count(before: source)
    if let target = holders.first(where: { to.count(before: $0) == ahead }) {
      return .output(
        .axis(target), replacement: BatchedReshape(source: source, shape: to, target: target))
    }
    guard batch == 1, let target = holders.first else {
      return .unprovable("no axis of its output is the batch alone")
    }
    return .output(
      .axis(target), replacement: BatchedReshape(source: source, shape: to, target: target))
  }
}
