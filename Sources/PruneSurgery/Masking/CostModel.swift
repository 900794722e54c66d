public import PruneCore

/// Counts what a graph costs, dense and with masks.
public struct CostModel: Sendable {
  private let graph: Graph
  private let layers: [PrunableLayer]
  private let macsByNode: [Int: Int]

  /// - Parameter shapes: of every value for a batch of one example, as ``InferenceEngine/shapes(of:on:)``
  ///   reports them; empty where MACs are not wanted.
  public init(graph: Graph, shapes: [String: [Int]]) {
    self.graph = graph
    layers = graph.prunableLayers()
    macsByNode = MACCounter(graph).macs(shapes: shapes)
  }

  /// Multiply–accumulates of one example in each prunable layer, dense, in the order of
  /// ``Graph/prunableLayers()``.
  public var macsByLayer: [Int] {
    layers.map { layer in
      layer.nodes.reduce(0) { $0 + share(of: layer, in: $1) }
    }
  }

  /// - Parameters:
  ///   - parameters: current values by name; those the graph stores where `nil`.
  ///   - masks: weights that count as zero whatever their value.
  public func cost(
    parameters: [String: HostTensor]? = nil, masks: MaskSet = MaskSet(), fileBytes: Int,
    latencySeconds: Double? = nil
  ) -> Cost {
    let stored = graph.parameters().merging(parameters ?? [:]) { $1 }
    var (count, nonzero) = (0, 0)
    var nonzeroByName: [String: Int] = [:]
    for (name, tensor) in stored where tensor.elementType.isFloatingPoint {
      let nonzeroHere = Self.nonzeroCount(of: tensor, mask: masks[name])
      nonzeroByName[name] = nonzeroHere
      count += tensor.count
      nonzero += nonzeroHere
    }
    let macs = macsByNode.values.reduce(0, +)
    var sparse = Double(macs)
    for (layer, dense) in zip(layers, macsByLayer) where layer.count > 0 {
      let density = Double(nonzeroByName[layer.parameter] ?? layer.count) / Double(layer.count)
      sparse -= Double(dense) * (1 - density)
    }
    return Cost(
      parameters: count, nonzero: nonzero, macs: macs, sparseMACs: Int(sparse.rounded()),
      fileBytes: fileBytes, latencySeconds: latencySeconds)
  }

  /// MACs of a node that go through `layer`; recurrent nodes divide theirs among their weights.
  private func share(of layer: PrunableLayer, in node: Int) -> Int {
    guard let macs = macsByNode[node] else { return 0 }
    let siblings = layers.filter { $0.nodes.contains(node) }
    let total = siblings.reduce(0) { $0 + $1.count }
    guard siblings.count > 1, total > 0 else { return macs }
    return Int((Double(macs) * Double(layer.count) / Double(total)).rounded())
  }

  static func nonzeroCount(of tensor: HostTensor, mask: Mask?) -> Int {
    guard let values = tensor.floats else { return tensor.count }
    guard let kept = mask?.kept, kept.count == values.count else { return values.count { $0 != 0 } }
    var count = 0
    for index in values.indices where kept[index] && values[index] != 0 { count += 1 }
    return count
  }
}
