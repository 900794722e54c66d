internal import PruneCore

/// A node as an operator reads it at prepare time: attributes with defaults, and refusals that
/// name the node.
struct NodeReader {
  let node: Node
  let opset: Int
  /// Value of an input that is stored or folded, by value name.
  let constant: (String) -> HostTensor?

  var operation: String { node.operation }

  /// The value of input `position` where it is known before running.
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

  /// Refuses the node because of one attribute, input or output.
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
