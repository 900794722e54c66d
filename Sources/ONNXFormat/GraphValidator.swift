public import PruneCore

/// Checks that a graph makes sense as a program and holds usable weights.
public struct GraphValidator: Sendable {
  /// Operators that multiply by stored weights; elsewhere an infinity may be meant, as in attention
  /// masks.
  private static let weighted: Set<String> = [
    "BatchNormalization", "Conv", "ConvTranspose", "Einsum", "GRU", "Gemm", "GroupNormalization",
    "InstanceNormalization", "LSTM", "LayerNormalization", "MatMul", "PRelu", "RNN",
  ]
  private static let passing: Set<String> = [
    "Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze",
  ]

  /// A validator; it has no state.
  public init() {}

  /// Checks names first, then weights.
  public func validate(_ graph: Graph) throws(GraphError) {
    try validateNames(of: graph)
    try validateWeights(of: graph)
  }

  /// Checks that every value is defined once, and before it is read, in subgraphs too.
  /// - Throws: ``GraphError/undefinedValue(_:node:)``, ``GraphError/duplicateValue(_:node:)``,
  ///   ``GraphError/undefinedOutput(_:)``.
  public func validateNames(of graph: Graph) throws(GraphError) {
    try validateNames(of: graph, outer: [])
  }

  /// Checks that no floating-point tensor holds NaN, and no weight an infinity.
  /// - Throws: ``GraphError/nonFinite(parameter:index:)``.
  public func validateWeights(of graph: Graph) throws(GraphError) {
    let weights = weightNames(of: graph)
    for initializer in graph.initializers {
      try check(
        initializer.tensor, name: initializer.name,
        isWeight: weights.contains(initializer.name))
    }
    for node in graph.nodes {
      let name = node.outputs.first ?? node.label
      for attribute in node.attributes {
        switch attribute.value {
        case .tensor(let stored):
          try check(stored.tensor, name: name, isWeight: weights.contains(name))
        case .graph(let subgraph): try validateWeights(of: subgraph)
        case .graphs(let subgraphs): for subgraph in subgraphs { try validateWeights(of: subgraph) }
        default: break
        }
      }
    }
  }

  private func validateNames(of graph: Graph, outer: [Set<String>]) throws(GraphError) {
    var defined: Set<String> = []
    for input in graph.inputs where !defined.insert(input.name).inserted {
      throw .duplicateValue(input.name, node: "graph inputs")
    }
    var stored: Set<String> = []
    for name in graph.initializers.map(\.name) where !stored.insert(name).inserted {
      throw .duplicateValue(name, node: "initializers")
    }
    defined.formUnion(stored)
    for node in graph.nodes {
      for input in node.inputs where !input.isEmpty {
        guard defined.contains(input) || outer.contains(where: { $0.contains(input) }) else {
          throw .undefinedValue(input, node: node.label)
        }
      }
      for attribute in node.attributes {
        for subgraph in attribute.value.graphs {
          try validateNames(of: subgraph, outer: outer + [defined])
        }
      }
      for output in node.outputs where !output.isEmpty {
        guard defined.insert(output).inserted else {
          throw .duplicateValue(output, node: node.label)
        }
      }
    }
    for output in graph.outputs {
      guard defined.contains(output.name) || outer.contains(where: { $0.contains(output.name) })
      else { throw .undefinedOutput(output.name) }
    }
  }

  /// Names of values that reach a multiplying operator, directly or through operators that only move
  /// elements.
  private func weightNames(of graph: Graph) -> Set<String> {
    var names: Set<String> = []
    for node in graph.nodes.reversed() {
      if Self.weighted.contains(node.operation) {
        names.formUnion(node.inputs)
      } else if Self.passing.contains(node.operation), let source = node.inputs.first,
        let output = node.outputs.first, names.contains(output)
      {
        names.insert(source)
      }
    }
    return names
  }

  private func check(_ tensor: HostTensor, name: String, isWeight: Bool) throws(GraphError) {
    let index =
      switch tensor.storage {
      case .float32(let values): firstBad(values, isWeight: isWeight)
      case .float64(let values): firstBad(values, isWeight: isWeight)
      case .bytes(let type, _) where type.isFloatingPoint:
        firstBad(tensor.floats ?? [], isWeight: isWeight)
      default: nil as Int?
      }
    if let index { throw .nonFinite(parameter: name, index: index) }
  }

  private func firstBad<Value: BinaryFloatingPoint>(_ values: [Value], isWeight: Bool) -> Int? {
    isWeight ? values.firstIndex { !$0.isFinite } : values.firstIndex { $0.isNaN }
  }
}

extension Attribute.Value {
  fileprivate var graphs: [Graph] {
    switch self {
    case .graph(let graph): [graph]
    case .graphs(let graphs): graphs
    default: []
    }
  }
}
