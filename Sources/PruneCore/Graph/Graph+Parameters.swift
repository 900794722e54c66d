extension Graph {
  /// Value names of all stored tensors: initializers, `Constant` nodes, and `ConstantOfShape` nodes whose shape is
  /// itself stored. In file order, initializers first.
  public var parameterNames: [String] { ParameterIndex(self).names }

  /// The stored tensor behind a value name, or `nil` where the value is computed from inputs.
  ///
  /// - Complexity: O(*nodes* + *initializers*); see ``parameters()`` for many names.
  public func parameter(named name: String) -> HostTensor? {
    initializers.first { $0.name == name }?.tensor ?? ParameterIndex(self).tensor(of: name)
  }

  /// All stored tensors by value name.
  public func parameters() -> [String: HostTensor] {
    let index = ParameterIndex(self)
    var result: [String: HostTensor] = [:]
    result.reserveCapacity(index.names.count)
    for name in index.names { result[name] = index.tensor(of: name) }
    return result
  }

  /// Replaces stored tensors; element types are converted back to the stored ones.
  ///
  /// A `ConstantOfShape` node whose tensor changes becomes a `Constant` node of the same name.
  ///
  /// - Throws: ``GraphError/unknownParameter(_:)``, ``GraphError/unstorable(parameter:from:to:)``; the graph is then
  ///   unchanged.
  public mutating func setParameters(_ tensors: [String: HostTensor]) throws(GraphError) {
    let index = ParameterIndex(self)
    var remaining = tensors
    var converted: [String: HostTensor] = [:]
    for name in index.names {
      guard let tensor = remaining.removeValue(forKey: name), let type = index.elementType(of: name)
      else { continue }
      guard let stored = tensor.converted(to: type) else {
        throw .unstorable(parameter: name, from: tensor.elementType, to: type)
      }
      if index.isFill(name), index.tensor(of: name) == stored { continue }
      converted[name] = stored
    }
    if let unknown = remaining.keys.min() { throw .unknownParameter(unknown) }
    store(&converted)
  }

  private mutating func store(_ tensors: inout [String: HostTensor]) {
    for position in initializers.indices {
      guard let tensor = tensors.removeValue(forKey: initializers[position].name) else { continue }
      initializers[position].tensor = tensor
    }
    for position in nodes.indices where !tensors.isEmpty {
      guard let name = nodes[position].outputs.first,
        let tensor = tensors.removeValue(forKey: name)
      else { continue }
      nodes[position].setConstantValue(tensor)
    }
  }
}

extension Node {
  /// Stores a tensor of unchanged element type in a `Constant` or `ConstantOfShape` node.
  fileprivate mutating func setConstantValue(_ tensor: HostTensor) {
    if operation == "ConstantOfShape" {
      operation = "Constant"
      inputs = []
      attributes.removeAll { $0.name == "value" }
    }
    if let position = attributes.firstIndex(where: { $0.name == "value" }),
      case .tensor(var stored) = attributes[position].value
    {
      stored.tensor = tensor
      attributes[position].value = .tensor(stored)
    } else {
      attributes.removeAll { $0.name.hasPrefix("value_") }
      attributes.append(Attribute("value", .tensor(Initializer(name: "", tensor: tensor))))
    }
  }
}
