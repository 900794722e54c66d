public import PruneCore

/// LAMP saliency, `S[u] = w[u]² / Σ_{v: |w[v]| ≥ |w[u]|} w[v]²` over the weights of one layer.
///
/// Removed weights are zero and so outside the sum. Among equal weights the sum runs in the order
/// of selection, lower index first, so that the lower index has the higher score. Scores lie in 0 …
/// 1, and every layer's largest weight has exactly 1.
///
/// - Source: Lee et al., *Layer-adaptive Sparsity for the Magnitude-based Pruning*, 2021,
///   [arXiv:2010.07611](https://arxiv.org/abs/2010.07611), equation 4.
/// - Complexity: O(*n* log *n*).
public struct LAMPCriterion: SaliencyCriterion {
  public let name = "lamp"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let comparability = Comparability.network

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    var scores = [Float](repeating: 0, count: weights.count)
    var notSmaller = 0.0
    for index in MagnitudeOrder.descending(weights) {
      let square = Double(weights[index]) * Double(weights[index])
      notSmaller += square
      if square > 0 { scores[index] = Float(square / notSmaller) }
    }
    return scores
  }
}
