internal import CTorch
internal import PruneCore

/// `ArgMax` and `ArgMin`.
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
