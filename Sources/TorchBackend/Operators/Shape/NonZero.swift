internal import CTorch
internal import PruneCore

/// `NonZero`: indices of elements that are not zero, `[rank, count]`.
struct NonZero: GraphOperator {
  static let operations = ["NonZero": 9...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(1...1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [try shim("NonZero", keeping: x) { ct_nonzero(&$0, x.handle, $1) }]
  }
}
