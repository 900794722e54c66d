import PruneCore

/// Map from each value to the nodes that read it, with the input's position.
struct ConsumerIndex {
  private var readers: [String: [(node: Int, position: Int)]] = [:]

  init(_ graph: Graph) {
    for (index, node) in graph.nodes.enumerated() {
      for (position, name) in node.inputs.enumerated() where !name.isEmpty {
        readers[name, default: []].append((index, position))
      }
    }
  }

  func readers(of name: String) -> [(node: Int, position: Int)] { readers[name] ?? [] }
}

extension Graph {
  /// Values of this graph that the branches of a node read.
  func capturedNames(of node: Node) -> Set<String> {
    var names: Set<String> = []
    for attribute in node.attributes {
      switch attribute.value {
      case .graph(let branch): names.formUnion(branch.freeNames)
      case .graphs(let branches): for branch in branches { names.formUnion(branch.freeNames) }
      default: break
      }
    }
    return names
  }

  /// Names that the nodes and outputs of a branch read and that it does not define.
  private var freeNames: Set<String> {
    var defined = Set(initializers.map(\.name) + inputs.map(\.name))
    var free: Set<String> = []
    for node in nodes {
      free.formUnion(Set(node.inputs).union(capturedNames(of: node)).subtracting(defined))
      defined.formUnion(node.outputs)
    }
    free.formUnion(Set(outputs.map(\.name)).subtracting(defined))
    return free.subtracting([""])
  }
}
