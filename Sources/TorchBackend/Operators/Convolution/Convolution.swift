internal import CTorch
internal import PruneCore

/// `Conv` over one to three spatial axes, with groups, dilations and any padding.
struct Convolution: GraphOperator {
  static let operations = ["Conv": 1...newestOpset]

  private let window: SpatialWindow
  private let groups: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
    try node.requireInputs(2...3)
    window = try SpatialWindow(node)
    groups = node.int("group", default: 1)
    guard groups >= 1 else { throw node.refusal(of: "group", "is \(groups), expected at least 1") }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let weight = try inputs.required(1)
    let kernel = Array(try weight.shape.dropFirst(2))
    guard window.kernel == nil || window.kernel == kernel else {
      throw .misfit("kernel_shape is \(window.kernel ?? []), but the weight's is \(kernel)")
    }
    let window = try window.resolved(kernel: kernel, data: x.shape)
    return [
      try shim("Conv", keeping: x, weight, inputs[2]) { out, message in
        window.withShim {
          ct_convolution(
            &out, x.handle, weight.handle, inputs[2].handle, $0, Int64(groups),
            context.multipliesReduced, message)
        }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
