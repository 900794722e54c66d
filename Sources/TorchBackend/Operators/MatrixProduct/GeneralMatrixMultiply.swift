internal import CTorch
internal import PruneCore

/// `Gemm`: `alpha · op(A) op(B) + beta · C`.
struct GeneralMatrixMultiply: GraphOperator {
  static let operations = ["Gemm": 6...newestOpset]

  private let alpha: Double
  private let beta: Double
  private let transposesLeft: Bool
  private let transposesRight: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("alpha", "beta", "transA", "transB", "broadcast")
    try node.requireInputs(2...3)
    alpha = node.double("alpha", default: 1)
    beta = node.double("beta", default: 1)
    transposesLeft = node.flag("transA")
    transposesRight = node.flag("transB")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let left = try inputs.required(0)
    let right = try inputs.required(1)
    let addend = inputs[2]
    return [
      try shim("Gemm", keeping: left, right, addend) {
        ct_gemm(
          &$0, left.handle, right.handle, addend.handle, alpha, beta, transposesLeft,
          transposesRight, context.multipliesReduced, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard facts.inputs.first == .axis(transposesLeft ? 1 : 0), facts.inputs[1] == .absent else {
      return .unprovable("its first operand does not carry the examples along its rows")
    }
    if facts.inputs.count > 2, let addend = facts.inputShapes[2] {
      switch facts.inputs[2] {
      case .absent where addend.count < 2 || addend[0] == 1: break
      case .axis(0) where addend.count == 2: break
      default: return .unprovable("its addend has a row for each example of the export")
      }
    }
    return .output(.axis(0))
  }
}
