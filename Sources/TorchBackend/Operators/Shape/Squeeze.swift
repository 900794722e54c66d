internal import PruneCore

/// `Squeeze`: drops axes of extent 1.
struct Squeeze: GraphOperator {
  static let operations = ["Squeeze": 1...newestOpset]

  private let axes: IntegerList?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axes")
    try node.requireInputs(1...2)
    axes = IntegerList(node, attribute: "axes", input: 1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    let dropped = try dropped(from: shape, listed: axes?.values(inputs))
    return [try x.reshaped(shape.indices.filter { !dropped.contains($0) }.map { shape[$0] })]
  }

  private func dropped(from shape: [Int], listed: [Int]?) throws(EngineError) -> Set<Int> {
    guard let listed else { return Set(shape.indices.filter { shape[$0] == 1 }) }
    let axes = try listed.axes(ofRank: shape.count)
    if let axis = axes.first(where: { shape[$0] != 1 }) {
      throw .misfit("axis \(axis) of shape \(shape) cannot be dropped: its extent is not 1")
    }
    return Set(axes)
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let shape = facts.inputShape, let listed = axes?.known,
      let dropped = try? dropped(from: shape, listed: listed), !dropped.contains(source)
    else { return .unprovable("it may drop the batch axis") }
    return .output(.axis(source - dropped.filter { $0 < source }.count))
  }
}
