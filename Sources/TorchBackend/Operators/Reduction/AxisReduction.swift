internal import CTorch
internal import PruneCore

/// `ReduceSum`, `ReduceMean`, `ReduceMax`, …: over axes given as an attribute or, in newer opsets,
/// as an input.
struct AxisReduction: GraphOperator {
  private static let kinds: [String: ct_reduction_kind] = [
    "ReduceSum": CT_REDUCE_SUM, "ReduceMean": CT_REDUCE_MEAN, "ReduceMax": CT_REDUCE_MAXIMUM,
    "ReduceMin": CT_REDUCE_MINIMUM, "ReduceProd": CT_REDUCE_PRODUCT, "ReduceL1": CT_REDUCE_L1,
    "ReduceL2": CT_REDUCE_L2, "ReduceLogSum": CT_REDUCE_LOG_SUM,
    "ReduceLogSumExp": CT_REDUCE_LOG_SUM_EXP, "ReduceSumSquare": CT_REDUCE_SUM_SQUARE,
  ]

  static let operations = kinds.mapValues { _ in 1...newestOpset }

  private let operation: String
  private let kind: ct_reduction_kind
  private let keepsAxes: Bool
  /// Whether no axes mean "return the input" and not "reduce all".
  private let doesNothingWithoutAxes: Bool
  /// `nil` where they come from an input that is not known before running.
  private let statedAxes: [Int]?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axes", "keepdims", "noop_with_empty_axes")
    try node.requireInputs(1...2)
    operation = node.operation
    kind = Self.kinds[node.operation] ?? CT_REDUCE_SUM
    keepsAxes = node.flag("keepdims", default: true)
    doesNothingWithoutAxes = node.flag("noop_with_empty_axes")
    statedAxes =
      node.hasInput(1) ? node.constant(at: 1)?.integers : node.ints("axes") ?? []
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let axes = try inputs.integers(1, unless: statedAxes)
    if axes.isEmpty, doesNothingWithoutAxes { return [x] }
    return [
      try shim(operation, keeping: x) { out, message in
        axes.withExtents { ct_reduce(&out, kind, x.handle, $0, keepsAxes, message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let axes = statedAxes else { return .unprovable("its axes are computed") }
    if axes.isEmpty {
      return doesNothingWithoutAxes
        ? facts.preserving(mixing: []) : .unprovable("it mixes examples")
    }
    return facts.removing(axes: axes, keepsAxes: keepsAxes)
  }
}

extension BatchFacts {
  /// For operators that reduce some axes of their first input.
  func removing(axes: [Int], keepsAxes: Bool) -> BatchRule {
    guard case .axis(let axis)? = inputs.first, let rank = inputShapes.first??.count,
      inputs.dropFirst().allSatisfy({ $0 == .absent })
    else { return .unprovable("its first input does not carry the examples") }
    let reduced = axes.map { $0 < 0 ? $0 + rank : $0 }
    if reduced.contains(axis) { return .unprovable("it mixes examples") }
    return .output(.axis(keepsAxes ? axis : axis - reduced.count { $0 < axis }))
  }
}
