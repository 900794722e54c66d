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
