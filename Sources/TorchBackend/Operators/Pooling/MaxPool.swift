internal import CTorch
internal import PruneCore

/// `MaxPool` over one to three spatial axes.
struct MaxPool: GraphOperator {
  static let operations = ["MaxPool": 1...newestOpset]

  private let window: PoolingWindow

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly(
      "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides")
    try node.requireInputs(1...1)
    guard !node.hasOutput(1) else {
      throw node.refusal(of: "output Indices", "is not supported")
    }
    window = try PoolingWindow(node)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let (window, _) = try window.resolved(data: x.shape)
    return [
      try shim("MaxPool", keeping: x) { out, message in
        window.withShim { ct_max_pool(&out, x.handle, $0, message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
