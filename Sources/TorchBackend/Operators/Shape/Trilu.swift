internal import CTorch
internal import PruneCore

/// `Trilu`: the upper or lower triangle of matrices, zero elsewhere.
struct Trilu: GraphOperator {
  static let operations = ["Trilu": 14...newestOpset]

  private let isUpper: Bool
  private let diagonal: IntegerList

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("upper")
    try node.requireInputs(1...2)
    isUpper = node.flag("upper", default: true)
    diagonal = IntegerList(node, attribute: "", input: 1) ?? .fixed([0])
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let offset = try diagonal.values(inputs).first ?? 0
    return [
      try shim("Trilu", keeping: x) { ct_triangle(&$0, x.handle, Int64(offset), isUpper, $1) }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count else { return .unprovable("its rank is unknown") }
    return facts.preserving(mixing: [rank - 2, rank - 1])
  }
}
