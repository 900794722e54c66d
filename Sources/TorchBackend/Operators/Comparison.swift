internal import CTorch
internal import PruneCore

/// `Where`: chooses element by element between two tensors, with broadcasting.
struct Where: GraphOperator {
  static let operations = ["Where": 9...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(3...3)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let condition = try inputs.required(0)
    let left = try inputs.required(1)
    let right = try inputs.required(2)
    return [
      try shim("Where", keeping: condition, left, right) {
        ct_where(&$0, condition.handle, left.handle, right.handle, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}

/// `IsInf`: whether elements are infinite, of either sign or one of them.
struct IsInfinite: GraphOperator {
  static let operations = ["IsInf": 10...newestOpset]

  private let detectsPositive: Bool
  private let detectsNegative: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("detect_positive", "detect_negative")
    try node.requireInputs(1...1)
    detectsPositive = node.flag("detect_positive", default: true)
    detectsNegative = node.flag("detect_negative", default: true)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [
      try shim("IsInf", keeping: x) {
        ct_is_infinite(&$0, x.handle, detectsPositive, detectsNegative, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.elementwise() }
}
