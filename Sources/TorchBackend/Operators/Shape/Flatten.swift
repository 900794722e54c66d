internal import PruneCore

/// `Flatten`: a matrix whose rows are the axes before `axis`.
struct Flatten: GraphOperator {
  static let operations = ["Flatten": 1...newestOpset]

  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(1...1)
    axis = node.int("axis", default: 1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    guard (-shape.count...shape.count).contains(axis) else {
      throw .misfit("axis \(axis) is out of range for a tensor of rank \(shape.count)")
    }
    let split = axis < 0 ? axis + shape.count : axis
    let rows = shape.count(before: split)
    return [try x.reshaped([rows, shape.dropFirst(split).reduce(1, *)])]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.reshaped() }
}
