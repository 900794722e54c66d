internal import CTorch
internal import PruneCore

/// `Range`: equally spaced numbers.
struct RangeSequence: GraphOperator {
  static let operations = ["Range": 11...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(3...3)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let start = try inputs.required(0)
    let limit = try inputs.required(1)
    let delta = try inputs.required(2)
    return [
      try shim("Range", keeping: start, limit, delta) {
        ct_range(&$0, start.handle, limit.handle, delta.handle, $1)
      }
    ]
  }
}
