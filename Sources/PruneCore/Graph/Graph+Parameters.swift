extension Graph {
  /// Value names of all stored tensors: initializers, `Constant` nodes, and `ConstantOfShape` nodes whose
  /// shape is itself an initializer. In file order.
  public var parameterNames: [String] {
    initializers.map(\.name)
      + nodes.compactMap { constant(from: $0) == nil ? nil : $0.outputs.first }
  }

  /// The stored tensor behind a value name, or `nil` where the value is computed from inputs.
  public func parameter(named name: String) -> HostTensor? {
    if let found = initializers.first(where: { $0.name == name }) { return found.tensor }
    guard let node = nodes.first(where: { $0.outputs.first == name }) else { return nil }
    return constant(from: node)
  }

  /// All stored tensors by value name; one pass, for callers that look up many.
  public func parameters() -> [String: HostTensor] {
    var result: [String: HostTensor] = [:]
    for initializer in initializers { result[initializer.name] = initializer.tensor }
    for node in nodes {
      guard let name = node.outputs.first, let tensor = constant(from: node, among: result)
      else { continue }
      result[name] = tensor
    }
    return result
  }

  /// Replaces stored tensors; element types are converted back to the stored ones.
  ///
  /// A `ConstantOfShape` that gets a non-uniform tensor becomes an initializer of the same value name.
  /// - Throws: ``GraphError/unknownParameter(_:)``, ``GraphError/unstorable(parameter:from:to:)``.
  public mutating func setParameters(_ tensors: [String: HostTensor]) throws(GraphError) {
    var remaining = tensors
    for index in initializers.indices {
      guard let tensor = remaining.removeValue(forKey: initializers[index].name) else { continue }
      try initializers[index].store(tensor)
    }
    var replaced: Set<Int> = []
    for index in nodes.indices {
      guard let name = nodes[index].outputs.first, let tensor = remaining[name] else { continue }
      switch nodes[index].operation {
      case "Constant":
        guard
          let position = nodes[index].attributes.firstIndex(where: { $0.name == "value" }),
          case .tensor(var stored) = nodes[index].attributes[position].value
        else { continue }
        try stored.store(tensor)
        nodes[index].attributes[position].value = .tensor(stored)
      case "ConstantOfShape":
        initializers.append(Initializer(name: name, tensor: tensor))
        replaced.insert(index)
      default: continue
      }
      remaining[name] = nil
    }
    if !replaced.isEmpty {
      nodes = nodes.indices.filter { !replaced.contains($0) }.map { nodes[$0] }
    }
    if let unknown = remaining.keys.min() { throw .unknownParameter(unknown) }
  }

  private func constant(from node: Node) -> HostTensor? {
    guard node.operation == "ConstantOfShape" else { return constant(from: node, among: [:]) }
    guard let shape = node.inputs.first, let tensor = parameter(named: shape) else { return nil }
    return constant(from: node, among: [shape: tensor])
  }

  private func constant(from node: Node, among known: [String: HostTensor]) -> HostTensor? {
    switch node.operation {
    case "Constant":
      return node.constantValue
    case "ConstantOfShape":
      guard let input = node.inputs.first, let shape = known[input]?.integers,
        shape.allSatisfy({ $0 >= 0 }),
        shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) <= 1 << 31
      else { return nil }
      return node.filled(shape: shape)
    default: return nil
    }
  }
}

extension Node {
  /// The tensor of a `Constant` node, in any of the attribute forms opset 1 to 25 allow but sparse ones.
  public var constantValue: HostTensor? {
    if let value = tensor("value") { return value }
    if let value = float("value_float") { return HostTensor([value], shape: []) }
    if let values = floats("value_floats") { return HostTensor(values, shape: [values.count]) }
    if let value = int("value_int") { return HostTensor([Int64(value)], shape: []) }
    if let values = ints("value_ints") {
      return HostTensor(values.map { Int64($0) }, shape: [values.count])
    }
    return nil
  }

  /// The tensor that a `ConstantOfShape` node with this fill value makes.
  public func filled(shape: [Int]) -> HostTensor? {
    let count = HostTensor.elementCount(of: shape)
    switch tensor("value")?.storage {
    case nil: return .zeros(shape)
    case .float32(let value): return HostTensor([Float](repeating: value.first ?? 0, count: count), shape: shape)
    case .float64(let value):
      return HostTensor(shape: shape, storage: .float64(.init(repeating: value.first ?? 0, count: count)))
    case .int64(let value): return HostTensor([Int64](repeating: value.first ?? 0, count: count), shape: shape)
    case .int32(let value):
      return HostTensor(shape: shape, storage: .int32(.init(repeating: value.first ?? 0, count: count)))
    case .uint8(let value):
      return HostTensor(shape: shape, storage: .uint8(.init(repeating: value.first ?? 0, count: count)))
    case .bool(let value):
      return HostTensor(shape: shape, storage: .bool(.init(repeating: value.first ?? false, count: count)))
    case .bytes(let type, let bytes):
      let all = Array(repeatElement(bytes, count: count).joined())
      return HostTensor(shape: shape, storage: .bytes(type, all))
    case .strings: return nil
    }
  }
}

extension Initializer {
  fileprivate mutating func store(_ replacement: HostTensor) throws(GraphError) {
    guard let converted = replacement.converted(to: tensor.elementType) else {
      throw .unstorable(parameter: name, from: replacement.elementType, to: tensor.elementType)
    }
    tensor = converted
  }
}
