internal import CTorch
internal import PruneCore

/// `Split`: cuts a tensor along one axis, evenly unless sizes are given.
struct Split: GraphOperator {
  static let operations = ["Split": 1...newestOpset]

  private let axis: Int
  private let sizes: IntegerList?
  private let parts: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "split", "num_outputs")
    try node.requireInputs(1...2)
    axis = node.int("axis", default: 0)
    sizes = IntegerList(node, attribute: "split", input: 1)
    parts = node.int("num_outputs", default: node.node.outputs.count)
    guard parts == node.node.outputs.count, parts > 0 else {
      throw node.refusal(
        of: "num_outputs", "is \(parts), but the node has \(node.node.outputs.count) outputs")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    let axis = try axis.axis(ofRank: shape.count)
    let extent = shape[axis]
    let sizes = try sizes?.values(inputs) ?? Self.evenSizes(of: extent, parts: parts)
    let inRange = sizes.allSatisfy { (0...extent).contains($0) }
    guard inRange, sizes.reduce(0, +) == extent, sizes.count == parts else {
      throw .misfit("an axis of extent \(extent) cannot be split into \(sizes)")
    }
    var start = 0
    var result: [TorchTensor?] = []
    for size in sizes {
      result.append(
        try shim("Split", keeping: x) {
          ct_slice(&$0, x.handle, Int64(axis), Int64(start), 1, Int64(size), $1)
        })
      start += size
    }
    return result
  }

  /// All parts equal but the last, which may be smaller.
  static func evenSizes(of extent: Int, parts: Int) -> [Int] {
    let size = (extent + parts - 1) / parts
    return (0..<parts).map { max(0, min(size, extent - $0 * size)) }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.inputShape?.count,
      let axis = try? axis.axis(ofRank: rank), axis != source
    else { return .unprovable("it cuts along the batch axis") }
    return .outputs([BatchAxis](repeating: .axis(source), count: parts))
  }
}
