internal import CTorch
internal import PruneCore

/// `BatchNormalization` in the forms of all opsets; statistics from the file or, in training, from
/// the batch.
struct BatchNormalization: GraphOperator {
  static let operations = ["BatchNormalization": 7...newestOpset]

  private let epsilon: Double

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("epsilon", "momentum", "spatial", "training_mode")
    try node.requireInputs(5...5)
    guard node.int("spatial", default: 1) == 1 else {
      throw node.refusal(of: "spatial", "is 0 (statistics per position), which is not supported")
    }
    guard !node.flag("training_mode") else {
      throw node.refusal(of: "training_mode", "is 1; export the model in evaluation mode")
    }
    guard !(1...4).contains(where: node.hasOutput) else {
      throw node.refusal(of: "outputs", "beyond the first are not supported")
    }
    epsilon = node.double("epsilon", default: 1e-5)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let scale = try inputs.required(1)
    let bias = try inputs.required(2)
    let mean = try inputs.required(3)
    let variance = try inputs.required(4)
    let (usesBatch, weight) =
      switch context.normalization {
      case .stored: (false, 0.0)
      case .batch(let weight): (true, weight)
      }
    return [
      try shim("BatchNormalization", keeping: x, scale, bias, mean, variance) {
        ct_batch_normalization(
          &$0, x.handle, scale.handle, bias.handle, mean.handle, variance.handle, epsilon,
          usesBatch, weight, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}

/// `InstanceNormalization` and `GroupNormalization`: over the positions of one channel, or of some.
struct GroupNormalization: GraphOperator {
  static let operations = [
    "InstanceNormalization": 6...newestOpset, "GroupNormalization": 18...newestOpset,
  ]

  /// Number of groups; `nil` for one channel per group.
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

  /// Parameters per channel; until opset 20 there was one per group.
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

/// `LRN`: each activation over a power of its neighbouring channels' squares.
///
/// - Source: Krizhevsky et al., *ImageNet Classification with Deep Convolutional Neural Networks*,
///   2012, §3.3.
struct LocalResponseNormalization: GraphOperator {
  static let operations = ["LRN": 1...newestOpset]

  private let size: Int
  private let alpha: Double
  private let beta: Double
  private let bias: Double

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("alpha", "beta", "bias", "size")
    try node.requireInputs(1...1)
    size = node.int("size", default: 0)
    guard (1...(1 << 20)).contains(size) else {
      throw node.refusal(of: "size", "is \(size), expected at least 1")
    }
    alpha = node.double("alpha", default: 1e-4)
    beta = node.double("beta", default: 0.75)
    bias = node.double("bias", default: 1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [
      try shim("LRN", keeping: x) {
        ct_local_response_normalization(&$0, x.handle, Int64(size), alpha, beta, bias, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
