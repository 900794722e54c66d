internal import CTorch
internal import PruneCore

/// `Sum`, `Mean`, `Max` and `Min` of any number of tensors, with broadcasting.
struct VariadicFunction: GraphOperator {
  private static let kinds: [String: ct_binary_kind] = [
    "Sum": CT_ADD, "Mean": CT_ADD, "Max": CT_MAXIMUM, "Min": CT_MINIMUM,
  ]

  static let operations = kinds.mapValues { _ in 6...newestOpset }

  private let operation: String
  private let kind: ct_binary_kind

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(1...Int(Int32.max))
    operation = node.operation
    kind = Self.kinds[node.operation] ?? CT_ADD
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let operands = try inputs.all()
    var result = try inputs.required(0)
    for operand in operands.dropFirst() { result = try combine(kind, result, operand) }
    if operation == "Mean", operands.count > 1 {
      let count = try TorchTensor([Float(operands.count)], type: CT_FLOAT32, shape: [])
      result = try combine(CT_DIVIDE, result, count)
    }
    return [result]
  }

  private func combine(
    _ kind: ct_binary_kind, _ left: TorchTensor, _ right: TorchTensor
  ) throws(EngineError) -> TorchTensor {
    try shim(operation, keeping: left, right) {
      ct_binary(&$0, kind, left.handle, right.handle, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}
