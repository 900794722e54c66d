import PruneCore

/// Features of a network along a selection: columns of the network are computed once, columns of
/// its state at every pass.
///
/// ```swift
/// let extraction = StateExtraction(try FeatureExtraction(names: names), of: network)
/// let table = extraction.table(of: state)
/// ```
public struct StateExtraction: Sendable {
  private let extraction: FeatureExtraction
  private let fixed: FeatureTable
  private let whole: LineSquares

  /// - Parameter network: what is selected from; ``table(of:)`` then takes states of it.
  public init(_ extraction: FeatureExtraction, of network: NetworkState) {
    self.extraction = extraction
    fixed = extraction.withoutState.table(of: network)
    whole = LineSquares(network)
  }

  /// Columns of a state of the network, those of the network itself taken from before.
  public func table(of state: PruningState) -> FeatureTable {
    let features = StateFeatures(state, whole: whole)
    let layers = state.network.layers.indices.map { layer in
      var columns = fixed.layers[layer].columns[...]
      return LayerFeatures(
        layer: state.network.layers[layer],
        columns: extraction.descriptors.compactMap { descriptor in
          descriptor.family == .state
            ? features.column(descriptor.name, layer: layer) : columns.popFirst()
        })
    }
    return FeatureTable(names: extraction.names, layers: layers)
  }
}

extension FeatureExtraction {
  /// Whether a column changes along a selection; a table of a ``NetworkState`` holds 0 there.
  public var readsState: Bool { descriptors.contains { $0.family == .state } }

  var withoutState: FeatureExtraction {
    FeatureExtraction(descriptors: descriptors.filter { $0.family != .state })
  }
}
