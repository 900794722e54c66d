internal import CTorch
internal import PruneCore

/// `Expand`: broadcasts to a shape, in both directions.
struct Expand: GraphOperator {
  static let operations = ["Expand": 8...newestOpset]

  private let target: IntegerList
  /// Output axis whose extent is the number of examples.
  private var batchAxis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(2...2)
    guard let target = IntegerList(node, attribute: "", input: 1) else {
      throw node.refusal(of: "shape", "is missing")
    }
    self.target = target
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let from = try x.shape
    var shape = try target.values(inputs)
    while shape.count < from.count { shape.insert(1, at: 0) }
    let offset = shape.count - from.count
    for (axis, extent) in from.enumerated()
    where shape[axis + offset] == 1 || axis + offset == batchAxis {
      shape[axis + offset] = extent
    }
    return [try x.expanded(to: shape)]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let from = facts.inputShape, let to = facts.outputShape,
      to[source + to.count - from.count] == facts.batch
    else { return .unprovable("it repeats the batch axis") }
    var replacement = self
    replacement.batchAxis = source + to.count - from.count
    return .output(.axis(source + to.count - from.count), replacement: replacement)
  }
}

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
