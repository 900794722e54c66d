internal import CTorch
internal import PruneCore

/// Functions of one element without attributes: `Relu`, `Tanh`, `Sqrt`, …
struct ParameterlessFunction: GraphOperator {
  private static let kinds: [String: ct_unary_kind] = [
    "Abs": CT_ABS, "Acos": CT_ACOS, "Acosh": CT_ACOSH, "Asin": CT_ASIN, "Asinh": CT_ASINH,
    "Atan": CT_ATAN, "Atanh": CT_ATANH, "Ceil": CT_CEIL, "Cos": CT_COS, "Cosh": CT_COSH,
    "Erf": CT_ERF, "Exp": CT_EXP, "Floor": CT_FLOOR, "IsNaN": CT_IS_NAN, "Log": CT_LOG,
    "Neg": CT_NEGATE, "Not": CT_NOT, "Reciprocal": CT_RECIPROCAL, "Round": CT_ROUND,
    "Sign": CT_SIGN, "Sin": CT_SIN, "Sinh": CT_SINH, "Sqrt": CT_SQRT, "Tan": CT_TAN,
    "Tanh": CT_TANH, "Relu": CT_RELU, "Sigmoid": CT_SIGMOID, "Softplus": CT_SOFTPLUS,
    "Softsign": CT_SOFTSIGN, "HardSwish": CT_HARD_SWISH, "Mish": CT_MISH,
  ]

  static let operations = kinds.mapValues { _ in 6...newestOpset }

  private let operation: String
  private let kind: ct_unary_kind

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(1...1)
    operation = node.operation
    kind = Self.kinds[node.operation] ?? CT_ABS
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    if context.overwritesInput, kind == CT_RELU {
      return [try shim(operation, keeping: x) { ct_relu_overwriting(&$0, x.handle, $1) }]
    }
    return [try shim(operation, keeping: x) { ct_unary(&$0, kind, x.handle, 0, 0, $1) }]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}
