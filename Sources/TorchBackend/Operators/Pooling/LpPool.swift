internal import CTorch
internal import PruneCore

/// `LpPool`: (Σ |x|ᵖ)^(1/p) over windows.
struct LpPool: GraphOperator {
  static let operations = ["LpPool": 2...newestOpset]

  private let window: PoolingWindow
  private let order: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly(
      "auto_pad", "ceil_mode", "dilations", "kernel_shape", "p", "pads", "strides")
    try node.requireInputs(1...1)
    window = try PoolingWindow(node)
    order = node.int("p", default: 2)
    guard order >= 1 else { throw node.refusal(of: "p", "is \(order), expected at least 1") }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let (window, _) = try window.resolved(data: x.shape)
    return [
      try shim("LpPool", keeping: x) { out, message in
        window.withShim { ct_norm_pool(&out, x.handle, $0, Double(order), message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
