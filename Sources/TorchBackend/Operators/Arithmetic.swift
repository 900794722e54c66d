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

/// `Mod`: remainder with the divisor's sign, or with the dividend's where `fmod` is set.
struct Modulo: GraphOperator {
  static let operations = ["Mod": 10...newestOpset]

  private let kind: ct_binary_kind

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("fmod")
    try node.requireInputs(2...2)
    kind = node.flag("fmod") ? CT_REMAINDER : CT_MODULO
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let left = try inputs.required(0)
    let right = try inputs.required(1)
    return [
      try shim("Mod", keeping: left, right) {
        ct_binary(&$0, kind, left.handle, right.handle, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}
