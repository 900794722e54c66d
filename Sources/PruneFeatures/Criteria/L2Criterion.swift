public import PruneCore

/// L2 norm of each output unit, `S[o] = √(Σᵢ W[o, i]²)`. Compare scores within one layer only.
///
/// - Source: He et al., *Soft Filter Pruning for Accelerating Deep Convolutional Neural Networks*,
///   2018, [arXiv:1808.06866](https://arxiv.org/abs/1808.06866), §3.2 with p = 2.
public struct L2Criterion: SaliencyCriterion {
  public let name = "l2"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = []
  public let comparability = Comparability.layer

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    ConnectionGrid(layer.layout).outputSums(of: weights) { $0 * $0 }.map { $0.squareRoot() }
  }
}
