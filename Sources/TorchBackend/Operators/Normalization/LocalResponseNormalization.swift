internal import CTorch
internal import PruneCore

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
