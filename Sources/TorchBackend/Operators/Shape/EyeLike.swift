internal import CTorch
internal import PruneCore

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
