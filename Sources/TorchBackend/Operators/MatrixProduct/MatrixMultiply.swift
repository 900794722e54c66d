internal import CTorch
internal import PruneCore

/// `MatMul`: `[…, rows, depth] × […, depth, columns]` with broadcasting of the leading axes.
struct MatrixMultiply: GraphOperator {
  static let operations = ["MatMul": 1...newestOpset]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly()
    try node.requireInputs(2...2)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let left = try inputs.required(0)
    let right = try inputs.required(1)
    return [
      try shim("MatMul", keeping: left, right) {
        ct_matmul(&$0, left.handle, right.handle, context.multipliesReduced, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let left = facts.inputShapes.first ?? nil, let right = facts.inputShapes.last ?? nil,
      let output = facts.outputShapes.first ?? nil, left.count >= 2, right.count >= 2,
      facts.inputs.count == 2
    else { return .unprovable("an operand is a vector") }
    switch (facts.inputs[0], facts.inputs[1]) {
    case (.axis(let axis), .absent):
      if axis == left.count - 1 { return .unprovable("it sums over the examples") }
      if axis == left.count - 2 { return .output(.axis(output.count - 2)) }
      return leading(axis, of: left, beside: right, output: output)
    case (.absent, .axis(let axis)):
      if axis == right.count - 2 { return .unprovable("it sums over the examples") }
      if axis == right.count - 1 { return .output(.axis(output.count - 1)) }
      return leading(axis, of: right, beside: left, output: output)
    case (.axis(let first), .axis(let second))
    where first < left.count - 2 && left.count - first == right.count - second:
      return .output(.axis(output.count - (left.count - first)))
    default: return .unprovable("its operands carry the examples along different axes")
    }
  }

  private func leading(
    _ axis: Int, of carrier: [Int], beside other: [Int], output: [Int]
  ) -> BatchRule {
    let fromRight = carrier.count - axis
    guard other.count < fromRight || other[other.count - fromRight] == 1 else {
      return .unprovable("a constant has an extent along the batch axis")
    }
    return .output(.axis(output.count - fromRight))
  }
}
