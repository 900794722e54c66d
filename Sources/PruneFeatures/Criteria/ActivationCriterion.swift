public import PruneCore

/// Mean activation of an output unit, `S[o] = E[|a[o]|]`, E the mean over positions. Compare scores
/// within one layer only.
///
/// - Source: Molchanov et al., *Pruning Convolutional Neural Networks for Resource Efficient
///   Inference*, 2017, [arXiv:1611.06440](https://arxiv.org/abs/1611.06440), §2.2, "Activation".
/// - Note: The paper's activations are ≥ 0 (ReLU); the absolute value covers the others.
public struct ActivationCriterion: SaliencyCriterion {
  public let name = "activation"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = .outputs
  public let comparability = Comparability.layer

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let sums = statistics.requiredPerOutput(
      statistics.activationAbsoluteSum, "activationAbsoluteSum", of: layer)
    let scale = statistics.perPosition
    return sums.map { $0 * scale }
  }
}
