internal import CTorch
internal import PruneCore

/// `Tile`: repeats the whole tensor along each axis.
struct Tile: GraphOperator {
  static let operations = ["Tile": 6...newestOpset]

  private let repeats: IntegerList

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(2...2)
    guard let repeats = IntegerList(node, attribute: "", input: 1) else {
      throw node.refusal(of: "repeats", "are missing")
    }
    self.repeats = repeats
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let repeats = try repeats.values(inputs)
    return [
      try shim("Tile", keeping: x) { out, message in
        repeats.withExtents { ct_tile(&out, x.handle, $0, message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let from = facts.inputShape, let to = facts.outputShape,
      from[source] == to[source]
    else { return .unprovable("it repeats the batch axis") }
    return .output(.axis(source))
  }
}
