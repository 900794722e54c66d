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

/// `GlobalAveragePool`, `GlobalMaxPool` and `GlobalLpPool`: one value per channel.
struct GlobalPool: GraphOperator {
  static let operations = [
    "GlobalAveragePool": 1...newestOpset, "GlobalMaxPool": 1...newestOpset,
    "GlobalLpPool": 2...newestOpset,
  ]

  private let kind: ct_reduction_kind

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("p")
    try node.requireInputs(1...1)
    switch (node.operation, node.int("p", default: 2)) {
    case ("GlobalAveragePool", _): kind = CT_REDUCE_MEAN
    case ("GlobalMaxPool", _): kind = CT_REDUCE_MAXIMUM
    case (_, 1): kind = CT_REDUCE_L1
    case (_, 2): kind = CT_REDUCE_L2
    case (_, let order): throw node.refusal(of: "p", "is \(order), expected 1 or 2")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let rank = try x.rank
    guard rank > 2 else { throw .misfit("the data has rank \(rank), expected at least 3") }
    return [
      try shim("GlobalPool", keeping: x) { out, message in
        Array(2..<rank).withExtents { ct_reduce(&out, kind, x.handle, $0, true, message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}

/// Attributes of the pools: a window, and whether its last, partial position counts.
struct PoolingWindow {
  private let window: SpatialWindow
  private let kernel: [Int]
  private let roundsUp: Bool

  init(_ node: NodeReader) throws(EngineError) {
    window = try SpatialWindow(node)
    roundsUp = node.flag("ceil_mode")
    guard let kernel = window.kernel else { throw node.refusal(of: "kernel_shape", "is missing") }
    self.kernel = kernel
  }

  /// Window with its pads extended so that rounding down yields every output.
  ///
  /// A last position that would begin beyond the data and its padding before is dropped, as
  /// onnxruntime does.
  /// - Returns: the window, and by how much its pads after the data grew, per axis.
  func resolved(data shape: [Int]) throws(EngineError) -> (ResolvedWindow, grown: [Int]) {
    var result = try window.resolved(kernel: kernel, data: shape)
    var grown = [Int](repeating: 0, count: kernel.count)
    guard roundsUp else { return (result, grown) }
    for axis in kernel.indices {
      let stride = result.strides[axis]
      let extent = shape[axis + 2]
      let free = extent + result.before[axis] + result.after[axis] - result.reach(axis)
      guard free >= 0 else { continue }
      var last = (free + stride - 1) / stride
      if last * stride >= extent + result.before[axis] { last -= 1 }
      grown[axis] = max(0, last * stride - free)
      result.after[axis] += grown[axis]
      if last * stride + stride <= free { result.after[axis] -= free - last * stride }
    }
    return (result, grown)
  }
}
