public import PruneCore

/// Magnitude saliency, `S = |w|`, all layers ranked together.
///
/// - Source: Han et al., *Learning both Weights and Connections for Efficient Neural Networks*,
///   2015, [arXiv:1506.02626](https://arxiv.org/abs/1506.02626), §3; ranked globally as in Frankle
///   & Carbin, 2019, [arXiv:1803.03635](https://arxiv.org/abs/1803.03635), §4.
public struct MagnitudeCriterion: SaliencyCriterion {
  public let name = "magnitude"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let comparability = Comparability.network

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    weights.map(\.magnitude)
  }
}
