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

/// Activation functions with attributes: `LeakyRelu`, `Elu`, `Selu`, `HardSigmoid`, `Gelu`, …
struct ParametricActivation: GraphOperator {
  private struct Form {
    var kind: ct_unary_kind
    var attributes: [(name: String, default: Double)]
  }

  private static func form(of operation: String) -> Form {
    switch operation {
    case "LeakyRelu": Form(kind: CT_LEAKY_RELU, attributes: [("alpha", 0.01)])
    case "Elu": Form(kind: CT_ELU, attributes: [("alpha", 1)])
    case "Celu": Form(kind: CT_CELU, attributes: [("alpha", 1)])
    case "Selu":
      Form(
        kind: CT_SELU,
        attributes: [("alpha", 1.67326319217681884765625), ("gamma", 1.05070102214813232421875)])
    case "HardSigmoid": Form(kind: CT_HARD_SIGMOID, attributes: [("alpha", 0.2), ("beta", 0.5)])
    case "ThresholdedRelu": Form(kind: CT_THRESHOLDED_RELU, attributes: [("alpha", 1)])
    case "Swish": Form(kind: CT_SWISH, attributes: [("alpha", 1)])
    default: Form(kind: CT_GELU, attributes: [])
    }
  }

  static let operations: [String: ClosedRange<Int>] = [
    "LeakyRelu": 6...newestOpset, "Elu": 6...newestOpset, "Celu": 12...newestOpset,
    "Selu": 6...newestOpset, "HardSigmoid": 6...newestOpset, "ThresholdedRelu": 10...newestOpset,
    "Gelu": 20...newestOpset, "Swish": 24...newestOpset,
  ]

  private let operation: String
  private let kind: ct_unary_kind
  private let parameters: (Double, Double)

  init(_ node: NodeReader) throws(EngineError) {
    operation = node.operation
    try node.requireInputs(1...1)
    let form = Self.form(of: node.operation)
    let known = form.attributes.map(\.name) + (node.operation == "Gelu" ? ["approximate"] : [])
    for attribute in node.node.attributes where !known.contains(attribute.name) {
      throw node.refusal(of: attribute.name, "is not supported")
    }
    let values = form.attributes.map { node.double($0.name, default: $0.default) }
    parameters = (values.first ?? 0, values.dropFirst().first ?? 0)
    let approximation = node.string("approximate", default: "none")
    guard ["none", "tanh"].contains(approximation) else {
      throw node.refusal(of: "approximate", "is '\(approximation)', expected none or tanh")
    }
    kind = approximation == "tanh" ? CT_GELU_TANH : form.kind
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [
      try shim(operation, keeping: x) {
        ct_unary(&$0, kind, x.handle, parameters.0, parameters.1, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}

/// `Clip`: limits elements to a range; the bounds are attributes before opset 11 and inputs from
/// then on.
struct Clip: GraphOperator {
  static let operations = ["Clip": 6...newestOpset]

  private let minimum: TorchTensor?
  private let maximum: TorchTensor?

  init(_ node: NodeReader) throws(EngineError) {
    if node.opset < 11 {
      try node.allowOnly("min", "max")
      minimum = try Self.bound(node.node.float("min"))
      maximum = try Self.bound(node.node.float("max"))
    } else {
      try node.allowOnly()
      minimum = nil
      maximum = nil
    }
    try node.requireInputs(1...3)
  }

  private static func bound(_ value: Float?) throws(EngineError) -> TorchTensor? {
    guard let value else { return nil }
    return try TorchTensor([value], type: CT_FLOAT32, shape: [])
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let low = minimum ?? inputs[1]
    let high = maximum ?? inputs[2]
    return [
      try shim("Clip", keeping: x, low, high) {
        ct_clip(&$0, x.handle, low.handle, high.handle, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}

/// `Softmax` and `LogSoftmax`; before opset 13 over all axes from `axis` on, from then on over
/// `axis` alone.
struct Softmax: GraphOperator {
  static let operations = ["Softmax": 1...newestOpset, "LogSoftmax": 1...newestOpset]

  private let isLogarithmic: Bool
  private let coversFollowingAxes: Bool
  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(1...1)
    isLogarithmic = node.operation == "LogSoftmax"
    coversFollowingAxes = node.opset < 13
    axis = node.int("axis", default: coversFollowingAxes ? 1 : -1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    let start = axis < 0 ? axis + shape.count : axis
    guard coversFollowingAxes, start < shape.count - 1, start >= 0 else {
      return [try softmax(x, axis: axis)]
    }
    let flat = Array(shape[..<start]) + [shape[start...].reduce(1, *)]
    return [try softmax(x.reshaped(flat), axis: start).reshaped(shape)]
  }

  private func softmax(_ x: TorchTensor, axis: Int) throws(EngineError) -> TorchTensor {
    try shim("Softmax", keeping: x) {
      ct_softmax(&$0, x.handle, Int64(axis), isLogarithmic, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShapes.first??.count else { return .unprovable("unknown shape") }
    let start = axis < 0 ? axis + rank : axis
    guard (0..<max(rank, 1)).contains(start) else { return .unprovable("its axis does not exist") }
    return facts.preserving(mixing: coversFollowingAxes ? Array(start..<rank) : [start])
  }
}
