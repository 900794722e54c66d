public import PruneCore

/// Magnitude saliency, `S = |w|`, every layer brought to the same density.
///
/// - Source: Han et al., *Learning both Weights and Connections for Efficient Neural Networks*,
///   2015, [arXiv:1506.02626](https://arxiv.org/abs/1506.02626), §3; uniform over layers as in Zhu
///   & Gupta, 2017, [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
public struct LayerMagnitudeCriterion: SaliencyCriterion {
  public let name = "magnitude-layer"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let comparability = Comparability.layer

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    weights.map(\.magnitude)
  }
}
