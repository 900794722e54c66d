internal import PruneCore

/// `Transpose`: reorders axes, reversed by default.
struct Transpose: GraphOperator {
  static let operations = ["Transpose": 1...newestOpset]

  private let order: [Int]?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("perm")
    try node.requireInputs(1...1)
    order = node.ints("perm")
    if let order, order.sorted() != Array(order.indices) {
      throw node.refusal(of: "perm", "is \(order), expected each axis once")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let rank = try x.rank
    return [try x.permuted(order ?? (0..<rank).reversed())]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.inputShape?.count,
      let target = (order ?? (0..<rank).reversed()).firstIndex(of: source)
    else { return .unprovable("its data does not carry the examples") }
    return .output(.axis(target))
  }
}
