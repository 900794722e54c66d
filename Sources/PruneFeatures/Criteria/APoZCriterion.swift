public import PruneCore

/// How often an output unit is active, `S[o] = 1 − APoZ[o]`, APoZ the share of positions where its
/// activation is zero.
///
/// Units without an activation function that makes zeros score 1.
///
/// - Source: Hu et al., *Network Trimming: A Data-Driven Neuron Pruning Approach towards Efficient
///   Deep Architectures*, 2016, [arXiv:1607.03250](https://arxiv.org/abs/1607.03250), equation 1.
public struct APoZCriterion: SaliencyCriterion {
  public let name = "apoz"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = .outputs
  public let comparability = Comparability.layer

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let zeros = statistics.requiredPerOutput(
      statistics.activationZeroCount, "activationZeroCount", of: layer)
    let scale = statistics.perPosition
    return zeros.map { max(0, 1 - $0 * scale) }
  }
}
