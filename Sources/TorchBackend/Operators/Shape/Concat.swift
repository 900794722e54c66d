internal import CTorch
internal import PruneCore

/// `Concat`: joins tensors along one axis.
struct Concat: GraphOperator {
  static let operations = ["Concat": 1...newestOpset]

  private let axis: Int
  /// Axis of the examples, along which constant inputs are repeated.
  private var batchAxis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    axis = node.int("axis", default: 1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    var parts = try inputs.all()
    guard let rank = try parts.first?.rank else { throw .misfit("there is nothing to join") }
    let axis = try axis.axis(ofRank: rank)
    if let batchAxis { parts = try Self.repeating(parts, along: batchAxis) }
    return [
      try shim("Concat") { out, message in
        parts.withHandles { ct_concatenate(&out, $0, Int64(axis), message) }
      }
    ]
  }

  private static func repeating(
    _ parts: [TorchTensor], along axis: Int
  ) throws(EngineError) -> [TorchTensor] {
    var count = 1
    for part in parts { count = max(count, try part.shape[axis]) }
    var result: [TorchTensor] = []
    for part in parts {
      var shape = try part.shape
      guard shape[axis] == 1, count != 1 else {
        result.append(part)
        continue
      }
      shape[axis] = count
      result.append(try part.expanded(to: shape))
    }
    return result
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.outputShape?.count, let axis = try? axis.axis(ofRank: rank) else {
      return .unprovable("its output shape is unknown")
    }
    let carried = Set(facts.inputs).subtracting([.absent])
    guard carried.count == 1, case .axis(let source)? = carried.first else {
      return .unprovable("its inputs carry the examples along different axes")
    }
    guard source != axis else { return .unprovable("it joins along the batch axis") }
    guard facts.inputs.contains(.absent) else { return .output(.axis(source)) }
    guard facts.batch == 1 else {
      return .unprovable("a constant has an extent along the batch axis")
    }
    var replacement = self
    replacement.batchAxis = source
    return .output(.axis(source), replacement: replacement)
  }
}
