public import PruneCore

/// First-order Taylor saliency, `S = |E[g] · w|`, g the gradient of the loss and E the mean over
/// examples: the change of the mean loss when w is pruned, to first order.
///
/// - Source: Molchanov et al., *Importance Estimation for Neural Network Pruning*, 2019,
///   [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), equation 8.
/// - Note: The paper squares the product; the absolute value ranks the same.
public struct TaylorCriterion: SaliencyCriterion {
  public let name = "taylor"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = .gradient
  public let scope = RankingScope.global

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

/// Connection sensitivity, `S = |E[g] · w| / Σ |E[g] · w|`, the sum over all weights of the
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
  public let scope = RankingScope.global

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

/// Diagonal Fisher saliency, `S = ½ w² E[g²]`, g the gradient of a single example's loss: the
/// second-order change of the loss when w is pruned, with the empirical Fisher matrix's diagonal in
/// place of the Hessian's.
///
/// - Source: LeCun et al., *Optimal Brain Damage*, NeurIPS 1990, equation 5; with the Fisher
///   diagonal as in Theis et al., *Faster gaze prediction with dense networks and Fisher pruning*,
///   2018, [arXiv:1801.05787](https://arxiv.org/abs/1801.05787), equation 6.
public struct FisherCriterion: SaliencyCriterion {
  public let name = "fisher"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = .gradientMoments
  public let scope = RankingScope.global

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
