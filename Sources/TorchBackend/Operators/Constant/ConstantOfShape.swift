internal import CTorch
internal import PruneCore

/// A tensor of one value; its shape is an input.
struct ConstantOfShape: GraphOperator {
  static let operations = ["ConstantOfShape": 9...newestOpset]

  private let node: Node

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("value")
    try node.requireInputs(1...1)
    self.node = node.node
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let shape = try inputs.required(0).integers()
    guard let element = node.filled(shape: []) else {
      throw .failed(operation: "", node: "", message: "the fill value cannot be used")
    }
    let value = try TorchTensor(element, real: context.real)
    return [
      try shim("ConstantOfShape", keeping: value) { out, message in
        shape.withExtents { ct_filled(&out, value.handle, $0, message) }
      }
    ]
  }
}
