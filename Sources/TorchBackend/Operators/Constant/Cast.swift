internal import CTorch
internal import PruneCore

/// `Cast` and `CastLike`; every floating-point type is the engine's own, since the engine computes
/// in one.
struct Cast: GraphOperator {
  static let operations = ["Cast": 6...newestOpset, "CastLike": 15...newestOpset]

  /// `nil` takes the second input's type.
  private let target: ElementType?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("to", "saturate", "round_mode")
    guard node.operation == "Cast" else {
      target = nil
      return
    }
    let code = node.int("to", default: 0)
    guard let type = Int32(exactly: code).flatMap(ElementType.init(rawValue:)), Self.isKnown(type)
    else { throw node.refusal(of: "to", "is type \(code), which the engine does not compute with") }
    target = type
  }

  private static func isKnown(_ type: ElementType) -> Bool {
    switch type {
    case .float32, .float64, .float16, .bfloat16, .int8, .int16, .int32, .int64, .uint8, .uint16,
      .uint32, .uint64, .bool:
      true
    default: false
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let type: ct_type
    if let target {
      type = target.shimType(real: context.real)
    } else {
      type = try inputs.required(1).type
    }
    return [try x.type == type ? x : x.cast(to: type)]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { .outputs([facts.inputs.first ?? .absent]) }
}

extension ElementType {
  /// The type the engine computes in for values declared as this type.
  func shimType(real: RealType) -> ct_type {
    switch self {
    case .int8: CT_INT8
    case .int16: CT_INT16
    case .int32: CT_INT32
    case .uint8: CT_UINT8
    case .bool: CT_BOOL
    case .int64, .uint16, .uint32, .uint64: CT_INT64
    default: real.shimType
    }
  }
}
