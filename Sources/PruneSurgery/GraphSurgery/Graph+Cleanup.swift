import PruneCore

extension Graph {
  /// Takes `Identity` nodes out; those between an input and an output stay, since both names are promised.
  mutating func removeIdentities() {
    let outputNames = Set(outputs.map(\.name))
    let captured = nodes.reduce(into: Set<String>()) { $0.formUnion(capturedNames(of: $1)) }
    var replacements: [String: String] = [:]
    var kept: [Node] = []
    for var node in nodes {
      node.inputs = node.inputs.map { replacements[$0] ?? $0 }
      if node.operation == "Identity", node.domain.isEmpty, let input = node.inputs.first,
        let output = node.outputs.first, !outputNames.contains(output), !captured.contains(output)
      {
        replacements[output] = input
      } else {
        kept.append(node)
      }
    }
    nodes = kept
    valueInfo.removeAll { replacements[$0.name] != nil }
  }

  /// Takes out nodes that no output needs, and stored tensors that were in use before and are not any more.
  mutating func removeDead(since before: Graph) {
    var needed = Set(outputs.map(\.name))
    var kept: [Node] = []
    for node in nodes.reversed()
    where node.outputs.contains(where: { !$0.isEmpty && needed.contains($0) }) {
      needed.formUnion(node.inputs)
      needed.formUnion(capturedNames(of: node))
      kept.append(node)
    }
    nodes = kept.reversed()
    let old = before.readNames
    let abandoned = Set(
      initializers.map(\.name).filter { old.contains($0) && !needed.contains($0) })
    initializers.removeAll { abandoned.contains($0.name) }
    inputs.removeAll { abandoned.contains($0.name) }
    let defined = Set(nodes.flatMap(\.outputs) + initializers.map(\.name) + inputs.map(\.name))
    valueInfo.removeAll { !defined.contains($0.name) }
  }

  private var readNames: Set<String> {
    var names = Set(outputs.map(\.name))
    for node in nodes {
      names.formUnion(node.inputs)
      names.formUnion(capturedNames(of: node))
    }
    return names
  }
}
