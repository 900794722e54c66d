internal import CTorch
internal import PruneCore

/// `InstanceNormalization` and `GroupNormalization`: over the positions of one channel, or of some.
struct GroupNormalization: GraphOperator {
  static let operations = [
    "InstanceNormalization": 6...newestOpset, "GroupNormalization": 18...newestOpset,
  ]

  /// `nil` for one channel per group.
  private let groups: Int?
  private let epsilon: Double

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("epsilon", "num_groups", "stash_type")
    try node.requireInputs(3...3)
    epsilon = node.double("epsilon", default: 1e-5)
    groups = node.operation == "GroupNormalization" ? node.int("num_groups", default: 0) : nil
    if let groups, groups < 1 {
      throw node.refusal(of: "num_groups", "is \(groups), expected at least 1")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    guard shape.count >= 2 else { throw .misfit("the data has shape \(shape), expected [N, C, …]") }
    let groups = groups ?? shape[1]
    let scale = try perChannel(inputs.required(1), groups: groups, channels: shape[1])
    let bias = try perChannel(inputs.required(2), groups: groups, channels: shape[1])
    return [
      try shim("GroupNormalization", keeping: x, scale, bias) {
        ct_group_normalization(
          &$0, x.handle, Int64(groups), scale.handle, bias.handle, epsilon, $1)
      }
    ]
  }

  /// Until opset 20 there was one parameter per group.
  private func perChannel(
    _ parameter: TorchTensor, groups: Int, channels: Int
  ) throws(EngineError) -> TorchTensor {
    guard try parameter.shape == [groups], groups < channels, channels % groups == 0 else {
      return parameter
    }
    return try parameter.reshaped([groups, 1]).expanded(to: [groups, channels / groups])
      .reshaped([channels])
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
