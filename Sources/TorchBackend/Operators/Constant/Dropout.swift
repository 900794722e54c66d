internal import CTorch
internal import PruneCore

/// Zeroes random elements in training and passes its input on in evaluation; `training_mode` of
/// the file does not matter, the engine's mode decides.
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
