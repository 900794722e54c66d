internal import CTorch
internal import PruneCore

/// `Range`: equally spaced numbers.
struct RangeSequence: GraphOperator {
  static let operations = ["Range": 11...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(3...3)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let start = try inputs.required(0)
    let limit = try inputs.required(1)
    let delta = try inputs.required(2)
    return [
      try shim("Range", keeping: start, limit, delta) {
        ct_range(&$0, start.handle, limit.handle, delta.handle, $1)
      }
    ]
  }
}

/// `OneHot`: a new axis that marks each index.
struct OneHot: GraphOperator {
  static let operations = ["OneHot": 9...newestOpset]

  private let axis: Int
  private let depth: IntegerList

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(3...3)
    axis = node.int("axis", default: -1)
    guard let depth = IntegerList(node, attribute: "", input: 1) else {
      throw node.refusal(of: "depth", "is missing")
    }
    self.depth = depth
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let indices = try inputs.required(0)
    let values = try inputs.required(2)
    let axis = try axis.axis(ofRank: indices.rank + 1)
    let depth = try depth.values(inputs).first ?? 0
    return [
      try shim("OneHot", keeping: indices, values) {
        ct_one_hot(&$0, indices.handle, Int64(depth), values.handle, Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.outputShape?.count,
      let axis = try? axis.axis(ofRank: rank)
    else { return .unprovable("its data does not carry the examples") }
    return .output(.axis(source < axis ? source : source + 1))
  }
}

/// `EyeLike`: ones on a diagonal of a matrix shaped like the input.
struct EyeLike: GraphOperator {
  static let operations = ["EyeLike": 9...newestOpset]

  private let diagonal: Int
  private let type: ElementType?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("dtype", "k")
    try node.requireInputs(1...1)
    diagonal = node.int("k", default: 0)
    let code = node.node.int("dtype")
    type = code.flatMap { Int32(exactly: $0) }.flatMap { ElementType(rawValue: $0) }
    switch type {
    case .int32, .int64: break
    case .some(let type) where type.isFloatingPoint: break
    case nil where code == nil: break
    default: throw node.refusal(of: "dtype", "\(code ?? 0) is not supported")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    guard shape.count == 2 else { throw .misfit("the input has shape \(shape), expected a matrix") }
    let type: ct_type =
      switch self.type {
      case nil: try x.type
      case .int32: CT_INT32
      case .int64: CT_INT64
      default: context.real.shimType
      }
    return [
      try shim("EyeLike") {
        ct_eye(&$0, type, Int64(shape[0]), Int64(shape[1]), Int64(diagonal), $1)
      }
    ]
  }
}

/// `Trilu`: the upper or lower triangle of matrices, zero elsewhere.
struct Trilu: GraphOperator {
  static let operations = ["Trilu": 14...newestOpset]

  private let isUpper: Bool
  private let diagonal: IntegerList

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("upper")
    try node.requireInputs(1...2)
    isUpper = node.flag("upper", default: true)
    diagonal = IntegerList(node, attribute: "", input: 1) ?? .fixed([0])
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let offset = try diagonal.values(inputs).first ?? 0
    return [
      try shim("Trilu", keeping: x) { ct_triangle(&$0, x.handle, Int64(offset), isUpper, $1) }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count else { return .unprovable("its rank is unknown") }
    return facts.preserving(mixing: [rank - 2, rank - 1])
  }
}
