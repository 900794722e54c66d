import PruneCore

/// Hands out value names that a graph does not use yet.
struct GraphNames {
  private var used: Set<String>

  init(_ graph: Graph) {
    used = Set(graph.inputs.map(\.name) + graph.initializers.map(\.name))
    for node in graph.nodes { used.formUnion(node.outputs) }
  }

  mutating func fresh(_ stem: String) -> String {
    var name = stem
    var count = 1
    while !used.insert(name).inserted {
      count += 1
      name = "\(stem)_\(count)"
    }
    return name
  }
}

extension Graph {
  /// Adds an initializer, declared as an input too where the file's version asks for it.
  mutating func store(_ tensor: HostTensor, as name: String) {
    initializers.append(Initializer(name: name, tensor: tensor))
    guard model.irVersion < 4 else { return }
    inputs.append(
      ValueInfo(
        name: name, elementType: tensor.elementType, shape: tensor.shape.map { .fixed($0) }))
  }

  mutating func store(_ values: [Int], as name: String, isScalar: Bool = false) {
    store(
      HostTensor(values.map { Int64($0) }, shape: isScalar ? [] : [values.count]), as: name)
  }

  /// Gives `ConstantOfShape` nodes new shapes, each a shape tensor of its own.
  mutating func reshapeFills(_ shapes: [String: [Int]]) {
    guard !shapes.isEmpty else { return }
    var names = GraphNames(self)
    for position in nodes.indices {
      guard let output = nodes[position].outputs.first, let shape = shapes[output] else { continue }
      let name = names.fresh(output + ".shape")
      store(shape, as: name)
      nodes[position].inputs = [name]
    }
  }
}
