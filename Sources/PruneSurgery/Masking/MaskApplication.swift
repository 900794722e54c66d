public import PruneCore

extension Mask {
  /// Sets removed weights to zero.
  /// - Parameter weights: `[connections]` in stored order.
  public func apply(to weights: inout [Float]) {
    precondition(
      weights.count == kept.count, "\(weights.count) weights for \(kept.count) connections")
    for index in weights.indices where !kept[index] { weights[index] = 0 }
  }

  /// Kept by both.
  public func intersection(_ other: Mask) -> Mask {
    precondition(
      kept.count == other.kept.count, "\(kept.count) and \(other.kept.count) connections")
    return Mask(zip(kept, other.kept).map { $0 && $1 })
  }
}

extension MaskSet {
  /// What a network that already holds zeros has lost: the masks of its non-zero weights.
  public init(nonzeroOf graph: Graph, layers: [PrunableLayer]) {
    let parameters = graph.parameters()
    self.init()
    for layer in layers {
      guard let weights = parameters[layer.parameter]?.floats else { continue }
      self[layer.parameter] = Mask(weights.map { $0 != 0 })
    }
  }

  /// Masks in the order of `layers`; `nil` where there is none.
  public func ordered(by layers: [PrunableLayer]) -> [Mask?] { layers.map { self[$0.parameter] } }
}

extension Graph {
  /// The graph with removed weights set to zero; element types stay.
  /// - Throws: ``GraphError/unknownParameter(_:)``.
  public func applying(_ masks: MaskSet) throws(GraphError) -> Graph {
    let stored = parameters()
    var changed: [String: HostTensor] = [:]
    for (name, mask) in masks.masks {
      guard let tensor = stored[name], var weights = tensor.floats,
        weights.count == mask.kept.count
      else { throw .unknownParameter(name) }
      mask.apply(to: &weights)
      changed[name] = HostTensor(weights, shape: tensor.shape)
    }
    var result = self
    try result.setParameters(changed)
    return result
  }
}
