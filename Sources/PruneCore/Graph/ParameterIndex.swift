/// Index of the stored tensors of a graph by value name; filled tensors are built only when asked for.
///
/// A look-up is O(1), where a search through nodes and initializers is O(*n*).
package struct ParameterIndex {
  private enum Source {
    case initializer(Int)
    case constant(HostTensor)
    /// A `ConstantOfShape` node with a stored shape.
    case fill(node: Int, shape: [Int], type: ElementType)
  }

  /// Largest number of elements of a filled tensor, which may be far larger than its file; a larger one does not count as
  /// stored.
  private static let fillLimit = 1 << 31

  private let graph: Graph
  private var sources: [String: Source] = [:]
  /// Names in file order, initializers first.
  package private(set) var names: [String] = []

  package init(_ graph: Graph) {
    self.graph = graph
    for (index, initializer) in graph.initializers.enumerated() {
      add(initializer.name, .initializer(index))
    }
    for (index, node) in graph.nodes.enumerated() {
      guard let name = node.outputs.first, let source = source(of: node, at: index) else {
        continue
      }
      add(name, source)
    }
  }

  package func shape(of name: String) -> [Int]? {
    switch sources[name] {
    case .initializer(let index): graph.initializers[index].tensor.shape
    case .constant(let tensor): tensor.shape
    case .fill(_, let shape, _): shape
    case nil: nil
    }
  }

  package func elementType(of name: String) -> ElementType? {
    switch sources[name] {
    case .initializer(let index): graph.initializers[index].tensor.elementType
    case .constant(let tensor): tensor.elementType
    case .fill(_, _, let type): type
    case nil: nil
    }
  }

  package func tensor(of name: String) -> HostTensor? {
    switch sources[name] {
    case .initializer(let index): graph.initializers[index].tensor
    case .constant(let tensor): tensor
    case .fill(let index, let shape, _): graph.nodes[index].filled(shape: shape)
    case nil: nil
    }
  }

  /// `true` where the tensor is made by a `ConstantOfShape` node.
  package func isFill(_ name: String) -> Bool {
    if case .fill? = sources[name] { true } else { false }
  }

  private mutating func add(_ name: String, _ source: Source) {
    guard sources[name] == nil else { return }
    sources[name] = source
    names.append(name)
  }

  private func source(of node: Node, at index: Int) -> Source? {
    switch node.operation {
    case "Constant": return node.constantValue.map { .constant($0) }
    case "ConstantOfShape":
      guard let input = node.inputs.first, let rank = shape(of: input), rank.count <= 1,
        HostTensor.elementCount(of: rank) <= 64, let extents = tensor(of: input)?.integers,
        let type = node.fillType, Self.isStorable(extents)
      else { return nil }
      return .fill(node: index, shape: extents, type: type)
    default: return nil
    }
  }

  private static func isStorable(_ shape: [Int]) -> Bool {
    var count = 1
    for extent in shape {
      guard extent >= 0 else { return false }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product <= fillLimit else { return false }
      count = product
    }
    return true
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

  /// The element type that a `ConstantOfShape` node fills with; `nil` where its value is not one element of at least
  /// a byte.
  var fillType: ElementType? {
    guard let value = tensor("value") else { return .float32 }
    guard value.count == 1, let width = value.elementType.bitWidth, width >= 8 else { return nil }
    return value.elementType
  }

  /// The tensor that a `ConstantOfShape` node makes; `nil` where its value is not one element of at least a byte.
  /// - Precondition: `shape` has no negative extent.
  public func filled(shape: [Int]) -> HostTensor? {
    guard fillType != nil else { return nil }
    guard let value = tensor("value") else { return .zeros(shape) }
    let count = HostTensor.elementCount(of: shape)
    func repeated<Element>(_ values: [Element]) -> [Element] {
      [Element](repeating: values[0], count: count)
    }
    let storage: HostTensor.Storage? =
      switch value.storage {
      case .float32(let values): .float32(repeated(values))
      case .float64(let values): .float64(repeated(values))
      case .int64(let values): .int64(repeated(values))
      case .int32(let values): .int32(repeated(values))
      case .uint8(let values): .uint8(repeated(values))
      case .bool(let values): .bool(repeated(values))
      case .bytes(let type, let bytes):
        .bytes(type, Array(repeatElement(bytes, count: count).joined()))
      case .strings: nil
      }
    return storage.map { HostTensor(shape: shape, storage: $0) }
  }
}
