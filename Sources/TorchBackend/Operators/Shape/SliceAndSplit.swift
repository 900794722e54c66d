internal import CTorch
internal import PruneCore

/// `Slice`: a range of some axes, with steps of either sign.
struct Slice: GraphOperator {
  static let operations = ["Slice": 1...newestOpset]

  private let starts: IntegerList
  private let ends: IntegerList
  private let axes: IntegerList?
  private let steps: IntegerList?
  /// Axis that holds one example in the exported graph and is not cut.
  private var batchAxis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("starts", "ends", "axes")
    try node.requireInputs(1...5)
    guard let starts = IntegerList(node, attribute: "starts", input: 1),
      let ends = IntegerList(node, attribute: "ends", input: 2)
    else { throw node.refusal(of: "starts", "or ends are missing") }
    self.starts = starts
    self.ends = ends
    axes = IntegerList(node, attribute: "axes", input: 3)
    steps = IntegerList(node, attribute: "steps", input: 4)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    var x = try inputs.required(0)
    let shape = try x.shape
    let starts = try starts.values(inputs)
    let ends = try ends.values(inputs)
    let axes = try (axes?.values(inputs) ?? Array(starts.indices)).axes(ofRank: shape.count)
    let steps = try steps?.values(inputs) ?? [Int](repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count,
      Set(axes).count == axes.count
    else { throw .misfit("starts, ends, axes and steps differ in number, or an axis comes twice") }
    for (index, axis) in axes.enumerated() where axis != batchAxis {
      let range = try Range(
        start: starts[index], end: ends[index], step: steps[index], extent: shape[axis])
      if range.isWhole(shape[axis]) { continue }
      let source = x
      x = try shim("Slice", keeping: source) {
        ct_slice(
          &$0, source.handle, Int64(axis), Int64(range.start), Int64(range.step),
          Int64(range.count), $1)
      }
    }
    return [x]
  }

  /// Positions `start`, `start + step`, … on one axis.
  struct Range: Equatable {
    var start: Int
    var step: Int
    var count: Int

    /// Clamps as ONNX says: negative positions count from the end, and any beyond it are cut off.
    init(start: Int, end: Int, step: Int, extent: Int) throws(EngineError) {
      guard step != 0 else { throw .misfit("a step is zero") }
      let bounds = step > 0 ? 0...extent : -1...(extent - 1)
      func clamped(_ position: Int, in range: ClosedRange<Int>) -> Int {
        let counted = position < 0 ? position + extent : position
        return min(max(counted, range.lowerBound), range.upperBound)
      }
      guard extent > 0 else {
        self.start = 0
        self.step = 1
        count = 0
        return
      }
      let first = clamped(start, in: step > 0 ? 0...extent : 0...(extent - 1))
      let last = clamped(end, in: bounds)
      let distance = step > 0 ? last - first : first - last
      let stride = step == .min ? Int.max : abs(step)
      count = distance <= 0 ? 0 : (distance - 1) / stride + 1
      self.start = count == 0 ? 0 : first
      self.step = count <= 1 ? 1 : step
    }

    func isWhole(_ extent: Int) -> Bool { start == 0 && step == 1 && count == extent }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let from = facts.inputShape, let to = facts.outputShape
    else {
      return .unprovable("its data does not carry the examples")
    }
    if let listed = axes?.known ?? starts.known.map({ Array($0.indices) }),
      let axes = try? listed.axes(ofRank: from.count), !axes.contains(source)
    {
      return .output(.axis(source))
    }
    guard facts.batch == 1, to[source] == 1 else { return .unprovable("it cuts the batch axis") }
    var replacement = self
    replacement.batchAxis = source
    return .output(.axis(source), replacement: replacement)
  }
}

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

  /// Sizes of `parts` equal parts; the last may be smaller.
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
