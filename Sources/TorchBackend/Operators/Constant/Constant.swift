internal import PruneCore

/// A tensor stored in a node.
struct Constant: GraphOperator {
  static let operations = ["Constant": 1...newestOpset]

  private let value: HostTensor

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("value", "value_float", "value_floats", "value_int", "value_ints")
    guard let value = node.node.constantValue else { throw node.refusal(of: "value", "is missing") }
    self.value = value
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    [try TorchTensor(value, real: context.real)]
  }
}
