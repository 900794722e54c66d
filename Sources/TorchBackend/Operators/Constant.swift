internal import CTorch
internal import PruneCore

/// `Constant`: a tensor stored in a node.
struct Constant: GraphOperator {
  static let operations = ["Constant": 1...newestOpset]

  private let value: HostTensor

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("value", "value_float", "value_floats", "value_int", "value_ints")
    guard let value = node.node.constantValue else { throw node.refusal(of: "value", "is missing") }
    self.value = value
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    [try TorchTensor(value, real: context.real)]
  }
}

/// `ConstantOfShape`: a tensor of one value; its shape is an input.
struct ConstantOfShape: GraphOperator {
  static let operations = ["ConstantOfShape": 9...newestOpset]

  private let node: Node

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("value")
    try node.requireInputs(1...1)
    self.node = node.node
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let shape = try inputs.required(0).integers()
    guard let element = node.filled(shape: []) else {
      throw .failed(operation: "", node: "", message: "the fill value cannot be used")
    }
    let value = try TorchTensor(element, real: context.real)
    return [
      try shim("ConstantOfShape", keeping: value) { out, message in
        shape.withExtents { ct_filled(&out, value.handle, $0, message) }
      }
    ]
  }
}

/// `Identity`: returns its input.
struct Identity: GraphOperator {
  static let operations = ["Identity": 1...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(1...1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    [try inputs.required(0)]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { .outputs([facts.inputs.first ?? .absent]) }
}

/// `Cast` and `CastLike`; every floating-point type is the engine's own, since the engine computes
/// in one.
struct Cast: GraphOperator {
  static let operations = ["Cast": 6...newestOpset, "CastLike": 15...newestOpset]

  /// Type to cast to; `nil` takes the second input's.
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

/// `Dropout`: zeroes random elements in training and returns its input in evaluation. The engine's
/// mode decides, not the file's `training_mode`.
struct Dropout: GraphOperator {
  static let operations = ["Dropout": 7...newestOpset]

  private let statedRatio: Double?
  private let yieldsMask: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("ratio", "seed")
    try node.requireInputs(1...3)
    statedRatio =
      node.hasInput(1)
      ? node.constant(at: 1)?.floats?.first.map { Double($0) }
      : node.double("ratio", default: 0.5)
    yieldsMask = node.hasOutput(1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    if context.dropoutSeed == nil, !yieldsMask { return [x] }
    var ratio = statedRatio ?? 0.5
    if context.dropoutSeed == nil {
      ratio = 0
    } else if statedRatio == nil, let stated = try inputs.required(1).host().floats?.first {
      ratio = Double(stated)
    }
    return try shim("Dropout", yielding: 2, keeping: x) {
      ct_dropout($0, $0 + 1, x.handle, ratio, context.dropoutSeed ?? 0, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    let axis = facts.inputs.first ?? .absent
    return .outputs(yieldsMask ? [axis, axis] : [axis])
  }
}
