public import PruneCore

/// Features of one layer's connections.
public struct LayerFeatures: Sendable {
  public let layer: PrunableLayer
  /// `[features][connections]`, connections in stored order; removed connections hold 0.
  public var columns: [[Float]]

  public init(layer: PrunableLayer, columns: [[Float]]) {
    self.layer = layer
    self.columns = columns
  }
}

/// Features of a network's connections, a column per feature.
public struct FeatureTable: Sendable {
  public let names: [String]
  public let layers: [LayerFeatures]

  public init(names: [String], layers: [LayerFeatures]) {
    self.names = names
    self.layers = layers
  }
}
