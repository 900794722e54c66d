internal import CTorch
internal import PruneCore

/// `OneHot`: a new axis that marks each index.
struct OneHot: GraphOperator {
  static let operations = ["OneHot": 9...newestOpset]

  private let axis: Int
  private let depth: IntegerList

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(3...3)
    axis = node.int("axis", default: -1)
    guard let depth = IntegerList(node, attribute: "", input: 1) else {
      throw node.refusal(of: "depth", "is missing")
    }
    self.depth = depth
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let indices = try inputs.required(0)
    let values = try inputs.required(2)
    let axis = try axis.axis(ofRank: indices.rank + 1)
    let depth = try depth.values(inputs).first ?? 0
    return [
      try shim("OneHot", keeping: indices, values) {
        ct_one_hot(&$0, indices.handle, Int64(depth), values.handle, Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.outputShape?.count,
      let axis = try? axis.axis(ofRank: rank)
    else { return .unprovable("its data does not carry the examples") }
    return .output(.axis(source < axis ? source : source + 1))
  }
}
