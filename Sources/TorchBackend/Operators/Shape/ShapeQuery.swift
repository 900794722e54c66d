internal import CTorch
internal import PruneCore

/// `Shape` and `Size`: extents of a tensor and their product.
struct ShapeQuery: GraphOperator {
  static let operations = ["Shape": 1...newestOpset, "Size": 1...newestOpset]

  private let counts: Bool
  private let start: Int
  private let end: Int
  /// Shape that is reported instead of the data's.
  private var fixed: [Int]?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("start", "end")
    try node.requireInputs(1...1)
    counts = node.operation == "Size"
    start = node.int("start", default: 0)
    end = node.int("end", default: .max)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let data = try inputs.required(0)
    let shape = if let fixed { fixed } else { try data.shape }
    let result =
      counts
      ? HostTensor([Int64(shape.reduce(1, *))], shape: [])
      : HostTensor(selected(from: shape).map { Int64($0) }, shape: [selected(from: shape).count])
    return [try TorchTensor(result)]
  }

  private func selected(from shape: [Int]) -> ArraySlice<Int> {
    func clamped(_ position: Int) -> Int {
      min(max(position < 0 ? position + shape.count : position, 0), shape.count)
    }
    let first = clamped(start)
    return shape[first..<max(first, clamped(end))]
  }

  /// Rule of shape queries: the exported extents are reported for every batch, as each exported
  /// batch would see them alone.
  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let shape = facts.inputShape else { return .unprovable("its input shape is unknown") }
    var replacement = self
    replacement.fixed = shape
    return .output(.absent, replacement: replacement)
  }
}

/// `NonZero`: indices of elements that are not zero, `[rank, count]`.
struct NonZero: GraphOperator {
  static let operations = ["NonZero": 9...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(1...1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [try shim("NonZero", keeping: x) { ct_nonzero(&$0, x.handle, $1) }]
  }
}
