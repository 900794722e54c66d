internal import PruneCore

/// Operator of a prepared graph: a node whose attributes have been checked and parsed.
///
/// Conforming types serve one ONNX operator type or a family that differs in one function only.
protocol GraphOperator {
  /// ONNX operator types that the type serves, with the opsets it understands.
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

  /// Axes of the examples in the outputs, given those in the inputs; asked only if some input
  /// carries examples.
  func batchRule(_ facts: BatchFacts) -> BatchRule
}

extension GraphOperator {
  func batchRule(_ facts: BatchFacts) -> BatchRule {
    .unprovable("the operator has no batch rule")
  }
}

/// Newest opset that operators claim to understand.
let newestOpset = 28

/// Settings that an operator call depends on beside its inputs.
struct ExecutionContext {
  /// Source of batch normalization's statistics.
  enum Normalization {
    /// Running statistics from the file.
    case stored
    /// Statistics of the batch; the running ones become `(1 − weight) · running + weight · batch`.
    case batch(weight: Double)
  }

  var real: RealType = .float32
  /// `true` where convolutions and matrix products multiply as bfloat16.
  var multipliesReduced = false
  /// `true` where the first input may be overwritten, since nothing else reads it, backward passes
  /// included.
  var overwritesInput = false
  var normalization = Normalization.stored
  /// Seed of dropout for this node and step; `nil` in evaluation.
  var dropoutSeed: UInt64?
}

/// Inputs of one operator call; absent optional ones are `nil`.
struct OperatorInputs {
  private let tensors: [TorchTensor?]

  init(_ tensors: [TorchTensor?]) { self.tensors = tensors }

  var count: Int { tensors.count }

  /// Input `position`; `nil` where it is absent or beyond the last.
  subscript(position: Int) -> TorchTensor? { position < tensors.count ? tensors[position] : nil }

  func required(_ position: Int) throws(EngineError) -> TorchTensor {
    guard let tensor = self[position] else {
      throw .failed(operation: "", node: "", message: "input \(position) is missing")
    }
    return tensor
  }

  /// Numbers `known` since prepare time, or else read from input `position`.
  func integers(_ position: Int, unless known: [Int]?) throws(EngineError) -> [Int] {
    if let known { return known }
    return try required(position).integers()
  }

  /// All inputs of a variadic operator.
  func all() throws(EngineError) -> [TorchTensor] {
    var result: [TorchTensor] = []
    for position in tensors.indices { result.append(try required(position)) }
    return result
  }
}

/// Reader of a node at prepare time: attributes with defaults, and refusals that name the node.
struct NodeReader {
  let node: Node
  let opset: Int
  /// Lookup of stored or folded inputs by value name; `nil` for computed ones.
  let constant: (String) -> HostTensor?

  var operation: String { node.operation }

  /// Value of input `position`; `nil` where it is not known before running.
  func constant(at position: Int) -> HostTensor? {
    hasInput(position) ? constant(node.inputs[position]) : nil
  }

  func hasInput(_ position: Int) -> Bool {
    position < node.inputs.count && !node.inputs[position].isEmpty
  }

  func hasOutput(_ position: Int) -> Bool {
    position < node.outputs.count && !node.outputs[position].isEmpty
  }

  func int(_ name: String, default value: Int) -> Int { node.int(name) ?? value }
  func double(_ name: String, default value: Double) -> Double {
    node.float(name).map { Double($0) } ?? value
  }
  func flag(_ name: String, default value: Bool = false) -> Bool {
    node.int(name).map { $0 != 0 } ?? value
  }
  func string(_ name: String, default value: String) -> String { node.string(name) ?? value }
  func ints(_ name: String) -> [Int]? { node.ints(name) }

  /// Error that refuses the node because of one attribute, input or output.
  func refusal(of attribute: String, _ reason: String) -> EngineError {
    .unsupportedAttribute(attribute, operation: operation, node: node.label, reason: reason)
  }

  /// Refuses attributes that this implementation does not know, so that none is ignored in silence.
  func allowOnly(_ names: String...) throws(EngineError) {
    for attribute in node.attributes where !names.contains(attribute.name) {
      throw refusal(of: attribute.name, "is not supported")
    }
  }

  func requireInputs(_ range: ClosedRange<Int>) throws(EngineError) {
    guard range.contains(node.inputs.count) else {
      let expected = "\(range.lowerBound) to \(range.upperBound)"
      throw refusal(of: "inputs", "are \(node.inputs.count), expected \(expected)")
    }
  }
}
