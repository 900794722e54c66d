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

/// `Pad`: extends axes by a constant, mirrored, repeated or wrapped elements; negative pads crop.
struct Pad: GraphOperator {
  static let operations = ["Pad": 2...newestOpset]

  private static let kinds: [String: ct_pad_kind] = [
    "constant": CT_PAD_CONSTANT, "reflect": CT_PAD_REFLECT, "edge": CT_PAD_EDGE,
    "wrap": CT_PAD_WRAP,
  ]

  private let kind: ct_pad_kind
  private let pads: IntegerList
  private let axes: IntegerList?
  /// Fill value from the attribute of old opsets; later ones take it from input 2.
  private let value: Float?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("mode", "pads", "value")
    try node.requireInputs(1...4)
    let mode = node.string("mode", default: "constant")
    guard let kind = Self.kinds[mode] else {
      throw node.refusal(of: "mode", "'\(mode)' is not supported")
    }
    guard let pads = IntegerList(node, attribute: "pads", input: 1) else {
      throw node.refusal(of: "pads", "are missing")
    }
    self.kind = kind
    self.pads = pads
    axes = IntegerList(node, attribute: "", input: 3)
    value = node.node.float("value")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let (before, after) = try pads(pads.values(inputs), axes?.values(inputs), rank: x.rank)
    var fill = inputs[2]
    if fill == nil, let value { fill = try TorchTensor(HostTensor([value], shape: [])) }
    return [
      try shim("Pad", keeping: x, fill) { out, message in
        before.withExtents { before in
          after.withExtents { after in
            ct_pad(&out, x.handle, kind, before, after, fill.handle, message)
          }
        }
      }
    ]
  }

  private func pads(
    _ listed: [Int], _ listedAxes: [Int]?, rank: Int
  ) throws(EngineError) -> (before: [Int], after: [Int]) {
    let axes = try (listedAxes ?? Array(0..<rank)).axes(ofRank: rank)
    guard listed.count == 2 * axes.count else {
      throw .misfit("\(listed.count) pads are given for \(axes.count) axes, expected two for each")
    }
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for (index, axis) in axes.enumerated() {
      before[axis] = listed[index]
      after[axis] = listed[index + axes.count]
    }
    return (before, after)
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.inputShape?.count, let listed = pads.known,
      axes == nil || axes?.known != nil,
      let pads = try? pads(listed, axes?.known, rank: rank), pads.before[source] == 0,
      pads.after[source] == 0
    else { return .unprovable("it may extend the batch axis") }
    return .output(.axis(source))
  }
}
