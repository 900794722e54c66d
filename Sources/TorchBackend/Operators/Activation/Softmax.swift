internal import CTorch
internal import PruneCore

/// `Softmax` and `LogSoftmax`; before opset 13 over all axes from `axis` on, from then on over
/// `axis` alone.
struct Softmax: GraphOperator {
  static let operations = ["Softmax": 1...newestOpset, "LogSoftmax": 1...newestOpset]

  private let isLogarithmic: Bool
  private let coversFollowingAxes: Bool
  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(1...1)
    isLogarithmic = node.operation == "LogSoftmax"
    coversFollowingAxes = node.opset < 13
    axis = node.int("axis", default: coversFollowingAxes ? 1 : -1)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    let start = axis < 0 ? axis + shape.count : axis
    guard coversFollowingAxes, start < shape.count - 1, start >= 0 else {
      return [try softmax(x, axis: axis)]
    }
    let flat = Array(shape[..<start]) + [shape[start...].reduce(1, *)]
    return [try softmax(x.reshaped(flat), axis: start).reshaped(shape)]
  }

  private func softmax(_ x: TorchTensor, axis: Int) throws(EngineError) -> TorchTensor {
    try shim("Softmax", keeping: x) {
      ct_softmax(&$0, x.handle, Int64(axis), isLogarithmic, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShapes.first??.count else { return .unprovable("unknown shape") }
    let start = axis < 0 ? axis + rank : axis
    guard (0..<max(rank, 1)).contains(start) else { return .unprovable("its axis does not exist") }
    return facts.preserving(mixing: coversFollowingAxes ? Array(start..<rank) : [start])
  }
}
