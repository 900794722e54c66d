/// Failure of an engine.
public enum EngineError: Error, Hashable, CustomStringConvertible {
  /// A node whose operator the engine does not run, or not at the graph's `opset`; `domain` is `""` for ONNX's own.
  case unsupportedOperator(String, node: String, domain: String, opset: Int)
  /// An operator that runs, with a setting that does not; `reason` completes "*attribute* …".
  case unsupportedAttribute(String, operation: String, node: String, reason: String)
  /// An input is missing, or has another shape or type than the graph declares.
  case wrongInput(name: String, got: String, expected: String)
  /// Targets of another kind, number or shape than the objective needs, or a label outside the classes.
  case wrongTargets(got: String, expected: String)
  /// A name that ``InferenceEngine/parameters(of:)`` does not list.
  case unknownParameter(String)
  /// Anything else that went wrong in a call; `node` is empty where no single node is to blame.
  case failed(operation: String, node: String, message: String)
  /// Memory ran out; smaller batches need less.
  case outOfMemory(operation: String, node: String)

  public var description: String {
    switch self {
    case .unsupportedOperator(let operation, let node, let domain, let opset):
      "operator \(domain.isEmpty ? "" : domain + "::")\(operation) of node '\(node)' is not supported (opset \(opset)); see the operator table in the documentation, or export the model without it"
    case .unsupportedAttribute(let attribute, let operation, let node, let reason):
      "\(operation) node '\(node)': \(attribute) \(reason)"
    case .wrongInput(let name, let got, let expected):
      "input '\(name)' has \(got), expected \(expected)"
    case .wrongTargets(let got, let expected):
      "targets are \(got), expected \(expected)"
    case .unknownParameter(let name):
      "the program has no parameter '\(name)'"
    case .failed(let operation, let node, let message):
      "\(operation) failed in node '\(node)': \(message)"
    case .outOfMemory(let operation, let node):
      "out of memory in \(operation) of node '\(node)'; use a smaller --batch-size"
    }
  }
}
