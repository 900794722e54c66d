internal import CTorch
internal import PruneCore

/// Functions of two elements with broadcasting and without attributes: `Add`, `Greater`, `PRelu`, …
struct BinaryFunction: GraphOperator {
  private static let kinds: [String: ct_binary_kind] = [
    "Add": CT_ADD, "Sub": CT_SUBTRACT, "Mul": CT_MULTIPLY, "Div": CT_DIVIDE, "Pow": CT_POWER,
    "And": CT_AND, "Or": CT_OR, "Xor": CT_XOR, "Equal": CT_EQUAL, "Greater": CT_GREATER,
    "GreaterOrEqual": CT_GREATER_OR_EQUAL, "Less": CT_LESS, "LessOrEqual": CT_LESS_OR_EQUAL,
    "PRelu": CT_PRELU,
  ]

  static let operations = kinds.mapValues { _ in 7...newestOpset }

  private let operation: String
  private let kind: ct_binary_kind

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(2...2)
    operation = node.operation
    kind = Self.kinds[node.operation] ?? CT_ADD
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let left = try inputs.required(0)
    let right = try inputs.required(1)
    return [
      try shim(operation, keeping: left, right) {
        ct_binary(&$0, kind, left.handle, right.handle, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}
