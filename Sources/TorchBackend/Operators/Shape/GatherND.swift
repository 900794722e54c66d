internal import CTorch
internal import PruneCore

/// `GatherND`: slices chosen by rows of indices.
struct GatherND: GraphOperator {
  static let operations = ["GatherND": 11...newestOpset]

  private let batchAxes: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("batch_dims")
    try node.requireInputs(2...2)
    batchAxes = node.int("batch_dims", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    return [
      try shim("GatherND", keeping: x, indices) {
        ct_gather_nd(&$0, x.handle, indices.handle, Int64(batchAxes), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard facts.inputs.count == 2, let rank = facts.inputShapes[1]?.count else {
      return .unprovable("its shapes are unknown")
    }
    switch (facts.inputs[0], facts.inputs[1]) {
    case (.absent, .axis(let source)) where batchAxes == 0 && source < rank - 1:
      return .output(.axis(source))
    case (.axis(let source), .axis(let same)) where source == same && source < batchAxes:
      return .output(.axis(source))
    default: return .unprovable("it picks among the examples")
    }
  }
}
