internal import CTorch
internal import PruneCore

/// Limits elements to a range; the bounds are attributes before opset 11 and inputs from then on.
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
