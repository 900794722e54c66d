internal import PruneCore

/// Passes its input on.
struct Identity: GraphOperator {
  static let operations = ["Identity": 1...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(1...1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    [try inputs.required(0)]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { .outputs([facts.inputs.first ?? .absent]) }
}
