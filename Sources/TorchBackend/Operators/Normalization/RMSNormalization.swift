internal import CTorch
internal import PruneCore

/// `RMSNormalization` over all axes from `axis` on.
struct RMSNormalization: GraphOperator {
  static let operations = ["RMSNormalization": 23...newestOpset]

  private let axis: Int
  private let epsilon: Double

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "epsilon", "stash_type")
    try node.requireInputs(2...2)
    axis = node.int("axis", default: -1)
    epsilon = node.double("epsilon", default: 1e-5)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let scale = try inputs.required(1)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("RMSNormalization", keeping: x, scale) {
        ct_rms_normalization(&$0, x.handle, scale.handle, Int64(axis), epsilon, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count, let axis = try? axis.axis(ofRank: rank) else {
      return .unprovable("its rank is unknown")
    }
    return facts.preserving(mixing: Array(axis..<rank))
  }
}
