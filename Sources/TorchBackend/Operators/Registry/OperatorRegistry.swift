internal import PruneCore

/// Finds the implementation of an ONNX operator type.
struct OperatorRegistry {
  private let table: [String: (opsets: ClosedRange<Int>, type: any GraphOperator.Type)]

  /// A new operator is added to one of the four lists, and nowhere else.
  init() {
    let implementations =
      Self.elementwiseOperators + Self.computingOperators + Self.shapeOperators
      + Self.networkOperators
    var table: [String: (ClosedRange<Int>, any GraphOperator.Type)] = [:]
    for type in implementations {
      for (operation, opsets) in type.operations { table[operation] = (opsets, type) }
    }
    self.table = table
  }

  /// What implements each operator type, sorted by name.
  var entries: [(operation: String, opsets: ClosedRange<Int>, type: any GraphOperator.Type)] {
    table.sorted { $0.key < $1.key }.map { ($0.key, $0.value.opsets, $0.value.type) }
  }

  /// Names of all operator types, sorted.
  var operations: [String] { table.keys.sorted() }

  /// - Throws: ``EngineError/unsupportedOperator(_:node:domain:opset:)``,
  ///   ``EngineError/unsupportedAttribute(_:operation:node:reason:)``.
  func makeOperator(_ reader: NodeReader) throws(EngineError) -> any GraphOperator {
    let node = reader.node
    guard node.domain.isEmpty || node.domain == "ai.onnx", let entry = table[node.operation],
      entry.opsets.contains(reader.opset)
    else {
      throw .unsupportedOperator(
        node.operation, node: node.label, domain: node.domain, opset: reader.opset)
    }
    return try entry.type.init(reader)
  }
}
