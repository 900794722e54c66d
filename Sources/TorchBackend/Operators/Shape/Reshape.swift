internal import PruneCore

/// `Reshape`: the same elements under another shape; 0 keeps an extent, −1 is inferred.
struct Reshape: GraphOperator {
  static let operations = ["Reshape": 1...newestOpset]

  private let target: IntegerList
  private let allowsZero: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("shape", "allowzero", "consumed_inputs")
    guard let target = IntegerList(node, attribute: "shape", input: 1) else {
      throw node.refusal(of: "shape", "is missing")
    }
    self.target = target
    allowsZero = node.flag("allowzero")
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    return [
      try x.reshaped(try Self.shape(target.values(inputs), of: x.shape, allowsZero: allowsZero))
    ]
  }

  static func shape(
    _ target: [Int], of shape: [Int], allowsZero: Bool
  ) throws(EngineError) -> [Int] {
    var result = target
    for axis in result.indices where result[axis] == 0 && !allowsZero {
      guard axis < shape.count else {
        throw .misfit("the target shape \(target) copies axis \(axis) of data of shape \(shape)")
      }
      result[axis] = shape[axis]
    }
    return result
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.reshaped() }
}
