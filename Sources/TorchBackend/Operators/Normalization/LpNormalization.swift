internal import CTorch
internal import PruneCore

/// `LpNormalization`: divides by the norm along one axis.
struct LpNormalization: GraphOperator {
  static let operations = ["LpNormalization": 1...newestOpset]

  private let axis: Int
  private let order: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "p")
    try node.requireInputs(1...1)
    axis = node.int("axis", default: -1)
    order = node.int("p", default: 2)
    guard order == 1 || order == 2 else {
      throw node.refusal(of: "p", "is \(order), expected 1 or 2")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("LpNormalization", keeping: x) {
        ct_norm_normalization(&$0, x.handle, Int64(order), Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count, let axis = try? axis.axis(ofRank: rank) else {
      return .unprovable("its rank is unknown")
    }
    return facts.preserving(mixing: [axis])
  }
}
