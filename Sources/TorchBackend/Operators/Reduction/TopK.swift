internal import CTorch
internal import PruneCore

/// The `k` largest or smallest entries along an axis with their indices, sorted; of equals the
/// lower index first.
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
