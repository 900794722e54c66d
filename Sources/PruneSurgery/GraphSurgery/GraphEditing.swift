import PruneCore

/// Hands out value names that a graph does not use yet.
struct GraphNames {
  private var used: Set<String>

  init(_ graph: Graph) {
    used = Set(graph.inputs.map(\.name) + graph.initializers.map(\.name))
    for node in graph.nodes { used.formUnion(node.outputs) }
  }

  /// `stem`, with a number where it is taken.
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

extension Graph {
  /// Removes `Identity` nodes; those that make a graph output, or a value that a nested graph reads, are kept.
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

  /// Removes nodes that no output needs, and stored tensors that were in use before and are not any more.
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

extension HostTensor {
  /// The tensor's elements at the given positions along one axis, in their order.
  ///
  /// - Returns: `nil` for elements of less than a byte.
  /// - Precondition: `axis` and all positions exist.
  func taking(_ positions: [Int], along axis: Int) -> HostTensor? {
    var target = shape
    target[axis] = positions.count
    let gather = SliceGather(
      outer: shape[..<axis].reduce(1, *), extent: shape[axis],
      inner: shape[(axis + 1)...].reduce(1, *), positions: positions)
    let taken: Storage
    switch storage {
    case .float32(let values): taken = .float32(gather(values))
    case .float64(let values): taken = .float64(gather(values))
    case .int32(let values): taken = .int32(gather(values))
    case .int64(let values): taken = .int64(gather(values))
    case .uint8(let values): taken = .uint8(gather(values))
    case .bool(let values): taken = .bool(gather(values))
    case .strings(let values): taken = .strings(gather(values))
    case .bytes(let type, let bytes):
      guard let width = type.bitWidth, width % 8 == 0 else { return nil }
      var wide = gather
      wide.inner *= width / 8
      taken = .bytes(type, wide(bytes))
    }
    return HostTensor(shape: target, storage: taken)
  }
}

/// Copies blocks of `inner` consecutive elements.
private struct SliceGather {
  let outer: Int
  let extent: Int
  var inner: Int
  let positions: [Int]

  func callAsFunction<Element>(_ values: [Element]) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(outer * positions.count * inner)
    for block in 0..<outer {
      for position in positions {
        let start = (block * extent + position) * inner
        result += values[start..<start + inner]
      }
    }
    return result
  }
}
