public import PruneCore

/// A network as criteria and features see it: its prunable weights, what is left of them, and what
/// was measured.
public struct NetworkState: Sendable {
  /// In graph order.
  public let layers: [PrunableLayer]
  /// Per layer `[connections]` in stored order, zero where removed.
  public let weights: [[Float]]
  /// Per layer; `nil` where nothing is removed.
  public let masks: [Mask?]
  /// Per layer; a statistic that was not collected is empty.
  public let statistics: [LayerStatistics]
  /// Which layers read which.
  public let adjacency: LayerAdjacency
  /// What one connection of each layer costs; `nil` where all cost the same.
  package var connectionCosts: [Double]?
  /// How much a cost counts beside a score, `0 ... 1`: 0 ranks by scores alone.
  package var costExponent = 1.0

  /// - Parameters:
  ///   - weights: removed ones may hold any value; they are set to zero.
  ///   - masks: empty for a dense network.
  ///   - statistics: empty where none were collected.
  /// - Precondition: one entry per layer in each array that is not empty, of the layer's size.
  public init(
    layers: [PrunableLayer], weights: [[Float]], masks: [Mask?] = [],
    statistics: [LayerStatistics] = [], adjacency: LayerAdjacency? = nil
  ) {
    let masks = masks.isEmpty ? [Mask?](repeating: nil, count: layers.count) : masks
    let statistics =
      statistics.isEmpty
      ? [LayerStatistics](repeating: LayerStatistics(), count: layers.count) : statistics
    precondition(
      weights.count == layers.count && masks.count == layers.count
        && statistics.count == layers.count,
      "\(layers.count) layers, but \(weights.count) weights, \(masks.count) masks, \(statistics.count) statistics"
    )
    for (index, layer) in layers.enumerated() {
      precondition(
        weights[index].count == layer.count
          && masks[index].map { $0.kept.count == layer.count } ?? true,
        "'\(layer.name)' has \(layer.count) connections, but \(weights[index].count) weights")
    }
    self.layers = layers
    self.weights = zip(weights, masks).map { Self.zeroing($0, outside: $1) }
    self.masks = masks
    self.statistics = statistics
    self.adjacency = adjacency ?? LayerAdjacency(unknownFor: layers.count)
  }

  /// The state of a graph whose weights are `parameters`, or those it stores.
  ///
  /// - Parameter parameters: current values by name, as ``Engine/parameters(of:)`` returns them;
  ///   the graph's own are used for the rest.
  public init(
    graph: Graph, layers: [PrunableLayer], parameters: [String: HostTensor]? = nil,
    masks: MaskSet = MaskSet(), statistics: [LayerStatistics] = []
  ) {
    let stored = graph.parameters().merging(parameters ?? [:]) { $1 }
    self.init(
      layers: layers, weights: layers.map { stored[$0.parameter]?.floats ?? [] },
      masks: layers.map { masks[$0.parameter] }, statistics: statistics,
      adjacency: LayerAdjacency(graph: graph, layers: layers))
  }

  /// Connections of all layers, removed ones included.
  public var connectionCount: Int { layers.reduce(0) { $0 + $1.count } }

  private static func zeroing(_ weights: [Float], outside mask: Mask?) -> [Float] {
    guard let kept = mask?.kept else { return weights }
    return [Float](count: weights.count) { kept[$0] ? weights[$0] : 0 }
  }
}
