public import PruneCore

/// L1 norm of each output unit, `S[o] = Σᵢ |W[o, i]|`. Compare scores within one layer only.
///
/// - Source: Li et al., *Pruning Filters for Efficient ConvNets*, 2017,
///   [arXiv:1608.08710](https://arxiv.org/abs/1608.08710), §3.1.
public struct L1Criterion: SaliencyCriterion {
  public let name = "l1"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = []
  public let comparability = Comparability.layer

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    ConnectionGrid(layer.layout).outputSums(of: weights) { $0.magnitude }
  }
}
