import PruneCore

extension Graph {
  /// Stored tensors of the graph and its subgraphs, attributes included.
  private func forEachStoredTensor(_ body: (Initializer) -> Void) {
    initializers.forEach(body)
    for attribute in nodes.lazy.flatMap(\.attributes) {
      switch attribute.value {
      case .tensor(let tensor): body(tensor)
      case .tensors(let tensors): tensors.forEach(body)
      case .graph(let graph): graph.forEachStoredTensor(body)
      case .graphs(let graphs): for graph in graphs { graph.forEachStoredTensor(body) }
      default: break
      }
    }
  }

  /// Bytes of all stored tensors but strings.
  var tensorBytes: Int {
    var total = 0
    forEachStoredTensor {
      total += RawTensorData.byteCount($0.tensor.elementType, shape: $0.tensor.shape) ?? 0
    }
    return total
  }

  var usesExternalData: Bool {
    var isFound = false
    forEachStoredTensor { if case .external = $0.encoding { isFound = true } }
    return isFound
  }
}
