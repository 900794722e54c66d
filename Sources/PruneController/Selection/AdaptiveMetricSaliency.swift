import PruneCore

/// What removing a connection costs in the optimizer's own metric: `S[u] = w[u]² · √v[u]`, `v` Adam's running mean of
/// squared gradients.
///
/// Adam steps along the gradient divided by `√v`, so in the metric `√v` it is plain gradient descent; the nearest point with
/// *k* connections, `min ½ Σ √v[u] (w[u] − z[u])²`, keeps those with the largest `S`. Iterative hard thresholding in that
/// metric needs no gradient beyond those that training takes anyway.
///
/// - Source: the optimizer is Kingma & Ba, 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), algorithm 1; hard
///   thresholding between gradient steps as in Blumensath & Davies, *Iterative Hard Thresholding for Compressed Sensing*,
///   2009, [arXiv:0805.0510](https://arxiv.org/abs/0805.0510), here with a diagonal metric.
enum AdaptiveMetricSaliency {
  /// - Parameters:
  ///   - weights: `[connections]`.
  ///   - secondMoments: `[connections]`, without correction of their bias, which is one factor for the network; `nil` before
  ///     the first step, where every connection counts the same.
  /// - Returns: `[connections]`, ≥ 0, on one scale for all layers.
  static func scores(weights: [Float], secondMoments: [Float]?) -> [Float] {
    guard let secondMoments, secondMoments.count == weights.count else {
      return weights.map { $0 * $0 }
    }
    return zip(weights, secondMoments).map { weight, moment in
      // A connection that got no gradient yet ranks by its weight among its like, below all others.
      weight * weight * max(moment, .leastNormalMagnitude).squareRoot()
    }
  }
}
