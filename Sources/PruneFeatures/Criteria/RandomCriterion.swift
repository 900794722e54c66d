public import PruneCore

/// Uniform random scores in 0 ..< 1: the control that every other criterion has to beat.
///
/// Each layer draws from its own stream of the seed, so scores do not depend on the other layers.
///
/// - Source: the control arm of Blalock et al., *What is the State of Neural Network Pruning?*,
///   2020, [arXiv:2003.03033](https://arxiv.org/abs/2003.03033), §7.
public struct RandomCriterion: SaliencyCriterion {
  public let name = "random"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let comparability = Comparability.network

  /// The seed is given with each call.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    var generator = SeededGenerator(seed: seed, stream: layer.parameter)
    return [Float](count: layer.count) { _ in Float(generator.next() >> 40) * 0x1p-24 }
  }
}
