public import PruneCore

/// Diagonal Fisher saliency, `S = ½ w² E[g²]`, g the gradient of a single example's loss: the
/// second-order change of the loss when w goes, with the empirical Fisher matrix's diagonal in
/// place of the Hessian's.
///
/// - Source: LeCun et al., *Optimal Brain Damage*, NeurIPS 1990, equation 5; with the Fisher
///   diagonal as in Theis et al., *Faster gaze prediction with dense networks and Fisher pruning*,
///   2018, [arXiv:1801.05787](https://arxiv.org/abs/1801.05787), equation 6.
public struct FisherCriterion: SaliencyCriterion {
  public let name = "fisher"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = .gradientMoments
  public let comparability = Comparability.network

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let sums = statistics.required(statistics.gradientSquareSum, "gradientSquareSum", of: layer)
    let scale = statistics.perExample / 2
    return [Float](count: weights.count) { weights[$0] * weights[$0] * (sums[$0] * scale) }
  }
}
