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

/// `ConvTranspose` over one to three spatial axes.
struct TransposedConvolution: GraphOperator {
  static let operations = ["ConvTranspose": 1...newestOpset]

  private let window: SpatialWindow
  private let groups: Int
  private let outputPads: [Int]?
  private let outputShape: [Int]?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly(
      "auto_pad", "dilations", "group", "kernel_shape", "output_padding", "output_shape", "pads",
      "strides")
    try node.requireInputs(2...3)
    window = try SpatialWindow(node)
    groups = node.int("group", default: 1)
    guard groups >= 1 else { throw node.refusal(of: "group", "is \(groups), expected at least 1") }
    outputPads = node.ints("output_padding").flatMap { $0.isEmpty ? nil : $0 }
    outputShape = node.ints("output_shape").flatMap { $0.isEmpty ? nil : $0 }
    for (name, values) in [("output_padding", outputPads), ("output_shape", outputShape)] {
      guard values?.allSatisfy({ (0...(1 << 24)).contains($0) }) ?? true else {
        throw node.refusal(of: name, "is \(values ?? []), expected non-negative numbers")
      }
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let weight = try inputs.required(1)
    let window = try cropping(kernel: Array(weight.shape.dropFirst(2)), data: x.shape)
    return [
      try shim("ConvTranspose", keeping: x, weight, inputs[2]) { out, message in
        window.withShim {
          ct_transposed_convolution(
            &out, x.handle, weight.handle, inputs[2].handle, $0, Int64(groups),
            context.multipliesReduced, message)
        }
      }
    ]
  }

  /// Window with pads that crop the full result to the extents asked for.
  private func cropping(kernel: [Int], data shape: [Int]) throws(EngineError) -> ResolvedWindow {
    guard window.kernel == nil || window.kernel == kernel else {
      throw .misfit("kernel_shape is \(window.kernel ?? []), but the weight's is \(kernel)")
    }
    var resolved = try window.resolved(kernel: kernel, data: shape)
    let axes = kernel.count
    let extra = outputPads ?? [Int](repeating: 0, count: axes)
    let asked = outputShape.map { Array($0.suffix(axes)) }
    guard extra.count == axes, asked?.count ?? axes == axes else {
      throw .misfit("output_padding or output_shape does not fit a kernel of \(axes) axes")
    }
    let isSame = window.automatic == .sameUpper || window.automatic == .sameLower
    for axis in 0..<axes {
      let stride = resolved.strides[axis]
      let full = (shape[axis + 2] - 1) * stride + resolved.reach(axis)
      if asked != nil || isSame {
        let extent = asked?[axis] ?? shape[axis + 2] * stride
        let total = max(0, full + extra[axis] - extent)
        let smaller = total / 2
        resolved.before[axis] = window.automatic == .sameUpper ? smaller : total - smaller
        resolved.after[axis] = full - extent - resolved.before[axis]
      } else {
        resolved.after[axis] -= extra[axis]
      }
    }
    return resolved
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
