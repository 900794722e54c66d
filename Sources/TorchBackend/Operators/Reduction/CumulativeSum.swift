internal import CTorch
internal import PruneCore

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
