internal import CTorch
internal import PruneCore

/// `Gather`: slices along one axis chosen by indices, as in an embedding.
struct Gather: GraphOperator {
  static let operations = ["Gather": 1...newestOpset]

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
      try shim("Gather", keeping: x, indices) {
        ct_gather(&$0, x.handle, indices.handle, Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard facts.inputs.count == 2, let data = facts.inputShapes[0],
      let indices = facts.inputShapes[1],
      let axis = try? axis.axis(ofRank: data.count)
    else { return .unprovable("its shapes are unknown") }
    switch (facts.inputs[0], facts.inputs[1]) {
    case (.absent, .axis(let source)): return .output(.axis(axis + source))
    case (.axis(let source), .absent) where source < axis: return .output(.axis(source))
    case (.axis(let source), .absent) where source > axis:
      return .output(.axis(source + indices.count - 1))
    default: return .unprovable("it picks among the examples")
    }
  }
}
