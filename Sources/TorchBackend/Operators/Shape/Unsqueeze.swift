internal import PruneCore

/// `Unsqueeze`: adds axes of extent 1, counted in the output.
struct Unsqueeze: GraphOperator {
  static let operations = ["Unsqueeze": 1...newestOpset]

  private let axes: IntegerList

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axes")
    try node.requireInputs(1...2)
    guard let axes = IntegerList(node, attribute: "axes", input: 1) else {
      throw node.refusal(of: "axes", "are missing")
    }
    self.axes = axes
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    var kept = shape[...]
    let extents = try added(axes.values(inputs), to: shape.count).map { isNew in
      isNew ? 1 : kept.removeFirst()
    }
    return [try x.reshaped(extents)]
  }

  /// For each output axis whether it is new.
  private func added(_ axes: [Int], to rank: Int) throws(EngineError) -> [Bool] {
    var isNew = [Bool](repeating: false, count: rank + axes.count)
    for axis in try axes.axes(ofRank: isNew.count) {
      guard !isNew[axis] else { throw .misfit("axis \(axis) is added twice") }
      isNew[axis] = true
    }
    return isNew
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let shape = facts.inputShape, let listed = axes.known,
      let isNew = try? added(listed, to: shape.count)
    else { return .unprovable("its axes depend on the examples") }
    return .output(.axis(isNew.indices.filter { !isNew[$0] }[source]))
  }
}
