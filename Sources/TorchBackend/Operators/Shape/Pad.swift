internal import CTorch
internal import PruneCore

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
  /// Of the attribute form; later opsets take it from input 2.
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
