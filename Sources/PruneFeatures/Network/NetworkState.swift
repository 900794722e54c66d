public import PruneCore

/// A network as criteria and features see it: its prunable weights, their masks, and measured
/// statistics.
public struct NetworkState: Sendable {
  /// Prunable layers in graph order.
  public let layers: [PrunableLayer]
  /// Weights per layer, in stored order, zero where pruned.
  public let weights: [[Float]]
  /// Masks per layer; `nil` where nothing is pruned.
  public let masks: [Mask?]
  /// Statistics per layer; one that was not collected is empty.
  public let statistics: [LayerStatistics]
  /// Readers of each layer's output.
  public let adjacency: LayerAdjacency
  /// Cost of one weight of each layer; `nil` where all cost the same.
  package var weightCosts: [Double]?
  /// Exponent of a cost beside a score, `0 ... 1`: 0 ranks by scores alone.
  package var costExponent = 1.0

  /// - Parameters:
  ///   - weights: pruned ones may hold any value; they are set to zero.
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
        "'\(layer.name)' has \(layer.count) weights, expected as many, got \(weights[index].count)")
    }
    self.layers = layers
    self.weights = zip(weights, masks).map { Self.zeroing($0, outside: $1) }
    self.masks = masks
    self.statistics = statistics
    self.adjacency = adjacency ?? LayerAdjacency(unknownFor: layers.count)
  }

  /// The state of a graph whose weights are `parameters`, or those it stores.
  ///
  /// - Parameter parameters: current values by name, as ``InferenceEngine/parameters(of:)`` returns them;
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

  /// Number of weights of all layers, pruned ones included.
  public var weightCount: Int { layers.reduce(0) { $0 + $1.count } }

  private static func zeroing(_ weights: [Float], outside mask: Mask?) -> [Float] {
    guard let kept = mask?.kept else { return weights }
    return [Float](count: weights.count) { kept[$0] ? weights[$0] : 0 }
  }
}

extension LayerStatistics {
  /// Factor from sums over examples to means; 0 before the first example.
  var perExample: Float { examples > 0 ? 1 / Float(examples) : 0 }

  /// Factor from sums over positions to means; 0 before the first position.
  var perPosition: Float { positions > 0 ? 1 / Float(positions) : 0 }

  /// `values`, after checking that they were collected for every weight.
  func required(_ values: [Float], _ name: String, of layer: PrunableLayer) -> [Float] {
    precondition(
      values.count == layer.count,
      "'\(layer.name)' has \(values.count) values of \(name), expected \(layer.count)")
    return values
  }

  /// `values`, after checking that they were collected for every output unit.
  func requiredPerOutput(_ values: [Float], _ name: String, of layer: PrunableLayer) -> [Float] {
    precondition(
      values.count == layer.layout.outputs,
      "'\(layer.name)' has \(values.count) values of \(name), expected \(layer.layout.outputs)")
    return values
  }
}

extension [Float] {
  /// `count` values, each computed from its index.
  @inline(__always) init(count: Int, _ value: (Int) -> Float) {
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer[index] = value(index) }
      initialized = count
    }
  }
}
