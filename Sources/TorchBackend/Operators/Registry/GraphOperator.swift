internal import PruneCore

/// One operator of a prepared graph: a node whose attributes have been checked and parsed.
///
/// Conforming types serve one ONNX operator type or a family that differs in one function only.
protocol GraphOperator {
  /// The ONNX operator types served, with the opset versions understood.
  static var operations: [String: ClosedRange<Int>] { get }

  /// Parses the node's attributes.
  ///
  /// - Throws: ``EngineError/unsupportedAttribute(_:operation:node:reason:)`` for anything ``run``
  ///   could not do.
  init(_ node: NodeReader) throws(EngineError)

  /// Computes the outputs; `nil` for optional outputs the node does not have.
  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?]

  /// Where the outputs carry the examples, given where the inputs do. Asked only if some input
  /// does.
  func batchRule(_ facts: BatchFacts) -> BatchRule
}

extension GraphOperator {
  func batchRule(_ facts: BatchFacts) -> BatchRule {
    .unprovable("the operator has no batch rule")
  }
}

/// The newest opset that operators claim to understand.
let newestOpset = 28
