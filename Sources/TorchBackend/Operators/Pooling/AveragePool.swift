internal import CTorch
internal import PruneCore

/// `AveragePool` over one to three spatial axes.
struct AveragePool: GraphOperator {
  static let operations = ["AveragePool": 1...newestOpset]

  private let window: PoolingWindow
  private let countsPadding: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly(
      "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides")
    try node.requireInputs(1...1)
    window = try PoolingWindow(node)
    countsPadding = node.flag("count_include_pad")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let (window, grown) = try window.resolved(data: x.shape)
    return [
      try shim("AveragePool", keeping: x) { out, message in
        window.withShim { window in
          grown.withExtents {
            ct_average_pool(&out, x.handle, window, countsPadding, $0, message)
          }
        }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
