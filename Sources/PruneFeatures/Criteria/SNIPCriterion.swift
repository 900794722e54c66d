public import PruneCore

/// Connection sensitivity, `S = |E[g] · w| / Σ |E[g] · w|`, the sum over all connections of the
/// network.
///
/// - Source: Lee et al., *SNIP: Single-shot Network Pruning based on Connection Sensitivity*, 2019,
///   [arXiv:1810.02340](https://arxiv.org/abs/1810.02340), equations 4 and 5.
/// - Note: On one layer alone (``saliency(of:weights:statistics:seed:)``) the sum is left out. It
///   changes no rank, so on one batch of data SNIP selects what ``TaylorCriterion`` does; the paper
///   takes it before training.
public struct SNIPCriterion: SaliencyCriterion {
  public let name = "snip"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = .gradient
  public let comparability = Comparability.network

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    TaylorCriterion().saliency(of: layer, weights: weights, statistics: statistics, seed: seed)
  }

  public func saliencies(of network: NetworkState, seed: UInt64) -> [[Float]] {
    let sensitivities = TaylorCriterion().saliencies(of: network, seed: seed)
    let total = sensitivities.reduce(0.0) { $0 + $1.reduce(0.0) { $0 + Double($1) } }
    guard total > 0, total.isFinite else { return sensitivities }
    return sensitivities.map { layer in layer.map { Float(Double($0) / total) } }
  }
}
