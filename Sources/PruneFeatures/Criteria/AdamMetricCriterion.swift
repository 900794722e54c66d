public import PruneCore

/// Saliency of a weight in the optimizer's own metric: `S[u] = w[u]² · √v[u]`, `v` Adam's running mean of squared gradients.
///
/// Adam steps along the gradient divided by `√v`, so in the metric `√v` it is plain gradient descent; the nearest point with
/// *k* weights, `min ½ Σ √v[u] (w[u] − z[u])²`, keeps those with the largest `S`. Iterative hard thresholding in that
/// metric needs no gradient beyond those that training takes anyway. Before the first step of training all `v` count the
/// same, and the criterion ranks by magnitude.
///
/// - Source: the optimizer is Kingma & Ba, 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), algorithm 1; hard
///   thresholding between gradient steps as in Blumensath & Davies, *Iterative Hard Thresholding for Compressed Sensing*,
///   2009, [arXiv:0805.0510](https://arxiv.org/abs/0805.0510), here with a diagonal metric.
public struct AdamMetricCriterion: SaliencyCriterion {
  public let name = "adam-metric"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let scope = RankingScope.global
  public let readsOptimizer = true

  /// There is nothing to set.
  public init() {}

  /// - Parameter statistics: ``LayerStatistics/secondMoment`` is read, without correction of its bias, which is one factor
  ///   for the whole network.
  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let secondMoment = statistics.secondMoment
    guard secondMoment.count == weights.count else { return weights.map { $0 * $0 } }
    return zip(weights, secondMoment).map { weight, moment in
      // A weight that got no gradient yet ranks by its magnitude among its like, below all others.
      weight * weight * max(moment, .leastNormalMagnitude).squareRoot()
    }
  }
}
