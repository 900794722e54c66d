internal import CTorch
internal import PruneCore

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
