internal import CTorch
internal import PruneCore

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
