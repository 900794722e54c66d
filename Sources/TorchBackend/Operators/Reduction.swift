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
  /// `true` where an empty list of axes returns the input instead of reducing all axes.
  private let doesNothingWithoutAxes: Bool
  /// Axes to reduce; `nil` where they come from an input that is not known before running.
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
  /// Rule of operators that reduce some axes of their first input.
  func removing(axes: [Int], keepsAxes: Bool) -> BatchRule {
    guard case .axis(let axis)? = inputs.first, let rank = inputShapes.first??.count,
      inputs.dropFirst().allSatisfy({ $0 == .absent })
    else { return .unprovable("its first input does not carry the examples") }
    let reduced = axes.map { $0 < 0 ? $0 + rank : $0 }
    if reduced.contains(axis) { return .unprovable("it mixes examples") }
    return .output(.axis(keepsAxes ? axis : axis - reduced.count { $0 < axis }))
  }
}

/// `ArgMax` and `ArgMin`: index of the largest or smallest element along an axis.
struct ExtremeIndex: GraphOperator {
  static let operations = ["ArgMax": 1...newestOpset, "ArgMin": 1...newestOpset]

  private let operation: String
  private let axis: Int
  private let keepsAxis: Bool
  private let selectsLast: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "keepdims", "select_last_index")
    try node.requireInputs(1...1)
    operation = node.operation
    axis = node.int("axis", default: 0)
    keepsAxis = node.flag("keepdims", default: true)
    selectsLast = node.flag("select_last_index")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [
      try shim(operation, keeping: x) {
        ct_extreme_index(
          &$0, x.handle, Int64(axis), keepsAxis, operation == "ArgMax", selectsLast, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    facts.removing(axes: [axis], keepsAxes: keepsAxis)
  }
}

/// `TopK`: the `k` largest or smallest entries along an axis with their indices, sorted; of equals
/// the lower index first.
struct TopK: GraphOperator {
  static let operations = ["TopK": 1...newestOpset]

  private let statedCount: Int?
  private let axis: Int
  private let isLargest: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "k", "largest", "sorted")
    try node.requireInputs(1...2)
    axis = node.int("axis", default: -1)
    isLargest = node.flag("largest", default: true)
    statedCount = node.opset < 10 ? node.int("k", default: 0) : nil
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let count = try inputs.integers(1, unless: statedCount.map { [$0] }).first ?? 0
    return try shim("TopK", yielding: 2, keeping: x) {
      ct_top_k($0, $0 + 1, x.handle, Int64(count), Int64(axis), isLargest, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShapes.first??.count else { return .unprovable("unknown shape") }
    switch facts.preserving(mixing: [axis < 0 ? axis + rank : axis]) {
    case .outputs(let axes, _): return .outputs(axes + axes)
    case .unprovable(let reason): return .unprovable(reason)
    }
  }
}

/// `CumSum`: running sums along an axis given as an input.
struct CumulativeSum: GraphOperator {
  static let operations = ["CumSum": 11...newestOpset]

  private let isExclusive: Bool
  private let isReversed: Bool
  private let statedAxis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("exclusive", "reverse")
    try node.requireInputs(2...2)
    isExclusive = node.flag("exclusive")
    isReversed = node.flag("reverse")
    statedAxis = node.constant(at: 1)?.integers?.first
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let axis = try inputs.integers(1, unless: statedAxis.map { [$0] }).first ?? 0
    return [
      try shim("CumSum", keeping: x) {
        ct_cumulative_sum(&$0, x.handle, Int64(axis), isExclusive, isReversed, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let axis = statedAxis, let rank = facts.inputShapes.first??.count else {
      return .unprovable("its axis is computed")
    }
    return facts.preserving(mixing: [axis < 0 ? axis + rank : axis])
  }
}
