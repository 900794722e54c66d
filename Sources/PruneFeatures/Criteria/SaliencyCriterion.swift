public import PruneCore

/// A hand-made score of what a connection, or an output unit, is worth: higher = keep.
///
/// Conforming types state formula and paper, and are listed in ``SaliencyCriteria/all``.
public protocol SaliencyCriterion: Sendable {
  /// As on the command line.
  var name: String { get }
  /// `.element` scores connections, `.channel` scores output units.
  var granularity: Granularity { get }
  /// What ``saliency(of:weights:statistics:seed:)`` reads of the statistics.
  var requiredStatistics: StatisticKinds { get }
  /// Whether scores rank all layers together or only within one.
  var comparability: Comparability { get }

  /// Scores one layer.
  ///
  /// - Parameters:
  ///   - weights: `[connections]` in stored order, zero where removed.
  ///   - statistics: with ``requiredStatistics`` collected.
  ///   - seed: read by random criteria only.
  /// - Returns: finite scores ≥ 0 for finite weights, `[connections]` in stored order, or
  ///   `[outputs]` where ``granularity`` is `.channel`.
  func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float]

  /// Scores every layer; criteria with a network-wide normaliser implement it themselves.
  func saliencies(of network: NetworkState, seed: UInt64) -> [[Float]]
}

extension SaliencyCriterion {
  public func saliencies(of network: NetworkState, seed: UInt64) -> [[Float]] {
    network.layers.indices.map { index in
      saliency(
        of: network.layers[index], weights: network.weights[index],
        statistics: network.statistics[index], seed: seed)
    }
  }
}
