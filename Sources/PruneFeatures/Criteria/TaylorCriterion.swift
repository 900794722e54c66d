public import PruneCore

/// First-order Taylor saliency, `S = |E[g] · w|`, g the gradient of the loss and E the mean over
/// examples: the change of the mean loss when w goes, to first order.
///
/// - Source: Molchanov et al., *Importance Estimation for Neural Network Pruning*, 2019,
///   [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), equation 8.
/// - Note: The paper squares the product; the absolute value ranks the same.
public struct TaylorCriterion: SaliencyCriterion {
  public let name = "taylor"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = .gradient
  public let comparability = Comparability.network

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let sums = statistics.required(statistics.gradientSum, "gradientSum", of: layer)
    let scale = statistics.perExample
    return [Float](count: weights.count) { (sums[$0] * scale * weights[$0]).magnitude }
  }
}
