internal import CTorch
internal import PruneCore

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

  /// The examples' label must be the same in all inputs that carry them, be in no other, and stay
  /// in the output.
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
