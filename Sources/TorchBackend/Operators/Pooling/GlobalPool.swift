internal import CTorch
internal import PruneCore

/// `GlobalAveragePool`, `GlobalMaxPool` and `GlobalLpPool`: one value per channel.
struct GlobalPool: GraphOperator {
  static let operations = [
    "GlobalAveragePool": 1...newestOpset, "GlobalMaxPool": 1...newestOpset,
    "GlobalLpPool": 2...newestOpset,
  ]

  private let kind: ct_reduction_kind

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("p")
    try node.requireInputs(1...1)
    switch (node.operation, node.int("p", default: 2)) {
    case ("GlobalAveragePool", _): kind = CT_REDUCE_MEAN
    case ("GlobalMaxPool", _): kind = CT_REDUCE_MAXIMUM
    case (_, 1): kind = CT_REDUCE_L1
    case (_, 2): kind = CT_REDUCE_L2
    case (_, let order): throw node.refusal(of: "p", "is \(order), expected 1 or 2")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let rank = try x.rank
    guard rank > 2 else { throw .misfit("the data has rank \(rank), expected at least 3") }
    return [
      try shim("GlobalPool", keeping: x) { out, message in
        Array(2..<rank).withExtents { ct_reduce(&out, kind, x.handle, $0, true, message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
