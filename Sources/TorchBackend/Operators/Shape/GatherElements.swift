internal import CTorch
internal import PruneCore

/// `GatherElements`: one element along an axis for each index.
struct GatherElements: GraphOperator {
  static let operations = ["GatherElements": 11...newestOpset]

  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(2...2)
    axis = node.int("axis", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("GatherElements", keeping: x, indices) {
        ct_gather_elements(&$0, x.handle, indices.handle, Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let shape = facts.inputShape, let axis = try? axis.axis(ofRank: shape.count),
      case .axis(let source) = facts.inputs[0], facts.inputs[1] == .axis(source), source != axis
    else { return .unprovable("it picks among the examples") }
    return .output(.axis(source))
  }
}
