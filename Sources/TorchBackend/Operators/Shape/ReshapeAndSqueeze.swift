internal import PruneCore

/// `Reshape`: the same elements under another shape; 0 keeps an extent, −1 is inferred.
struct Reshape: GraphOperator {
  static let operations = ["Reshape": 1...newestOpset]

  private let target: IntegerList
  private let allowsZero: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("shape", "allowzero", "consumed_inputs")
    guard let target = IntegerList(node, attribute: "shape", input: 1) else {
      throw node.refusal(of: "shape", "is missing")
    }
    self.target = target
    allowsZero = node.flag("allowzero")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [
      try x.reshaped(try Self.shape(target.values(inputs), of: x.shape, allowsZero: allowsZero))
    ]
  }

  static func shape(
    _ target: [Int], of shape: [Int], allowsZero: Bool
  ) throws(EngineError) -> [Int] {
    var result = target
    for axis in result.indices where result[axis] == 0 && !allowsZero {
      guard axis < shape.count else {
        throw .misfit("the target shape \(target) copies axis \(axis) of data of shape \(shape)")
      }
      result[axis] = shape[axis]
    }
    return result
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.reshaped() }
}

/// `Flatten`: a matrix whose rows are the axes before `axis`.
struct Flatten: GraphOperator {
  static let operations = ["Flatten": 1...newestOpset]

  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(1...1)
    axis = node.int("axis", default: 1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    guard (-shape.count...shape.count).contains(axis) else {
      throw .misfit("axis \(axis) is out of range for a tensor of rank \(shape.count)")
    }
    let split = axis < 0 ? axis + shape.count : axis
    let rows = shape.count(before: split)
    return [try x.reshaped([rows, shape.dropFirst(split).reduce(1, *)])]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.reshaped() }
}

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

  /// By output axis: whether it is new.
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
