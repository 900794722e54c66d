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

/// `Einsum`: sums of products in Einstein's notation.
struct Einsum: GraphOperator {
  static let operations = ["Einsum": 12...newestOpset]

  private let equation: String

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("equation")
    equation = node.string("equation", default: "").filter { $0 != " " }
    let allowed = equation.allSatisfy { ($0.isASCII && $0.isLetter) || ",.->".contains($0) }
    guard !equation.isEmpty, allowed else {
      throw node.refusal(of: "equation", "'\(equation)' is not one")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let operands = try inputs.all()
    return [
      try shim("Einsum") { out, message in
        operands.withHandles { handles in
          equation.withCString { ct_einsum(&out, $0, handles, message) }
        }
      }
    ]
  }

  /// Rule of `Einsum`: the examples' label must be the same in all inputs that carry them, be in no
  /// other, and be in the output.
  func batchRule(_ facts: BatchFacts) -> BatchRule {
    let sides = equation.split(separator: ">", maxSplits: 1).map { $0.filter { $0 != "-" } }
    guard sides.count == 2, !equation.contains(".") else {
      return .unprovable("its equation is implicit or has an ellipsis")
    }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard terms.count == facts.inputs.count else { return .unprovable("its equation does not fit") }
    var label: Character?
    for (term, axis) in zip(terms, facts.inputs) {
      guard case .axis(let position) = axis else { continue }
      guard position < term.count, label ?? term[position] == term[position],
        term.filter({ $0 == term[position] }).count == 1
      else { return .unprovable("its inputs carry the examples under different labels") }
      label = term[position]
    }
    guard let label, let target = Array(sides[1]).firstIndex(of: label),
      zip(terms, facts.inputs).allSatisfy({ $1 != .absent || !$0.contains(label) })
    else { return .unprovable("it sums over the examples") }
    return .output(.axis(target))
  }
}
