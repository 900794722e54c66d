public import PruneCore

/// Features of one layer's connections.
public struct LayerFeatures: Sendable {
  /// Whose connections the rows are.
  public let layer: PrunableLayer
  /// `[features][connections]`, connections in stored order; removed connections hold 0.
  public var columns: [[Float]]

  /// - Parameter columns: `[features][connections]`, connections in stored order.
  public init(layer: PrunableLayer, columns: [[Float]]) {
    self.layer = layer
    self.columns = columns
  }
}

/// Features of a network's connections, a column per feature.
public struct FeatureTable: Sendable {
  public let names: [String]
  /// In graph order, each with the same columns.
  public let layers: [LayerFeatures]

  /// - Parameter layers: each with one column per name.
  public init(names: [String], layers: [LayerFeatures]) {
    self.names = names
    self.layers = layers
  }
}
