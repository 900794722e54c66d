public import PruneCore

/// Wanda saliency, `S[o, i] = |W[o, i]| · √(E[x[i]²])`, E the mean over positions.
///
/// - Source: Sun et al., *A Simple and Effective Pruning Approach for Large Language Models*, 2023,
///   [arXiv:2306.11695](https://arxiv.org/abs/2306.11695), §3.
/// - Note: The paper takes the L2 norm of the input; its root mean square ranks the same and does
///   not grow with the calibration set. The paper compares within an output row; here all layers
///   are ranked together.
public struct WandaCriterion: SaliencyCriterion {
  public let name = "wanda"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = .inputs
  public let comparability = Comparability.network

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let grid = ConnectionGrid(layer.layout)
    precondition(
      grid.accepts(inputs: statistics.inputSquareSum),
      "'\(layer.name)' has \(statistics.inputSquareSum.count) values of inputSquareSum, expected \(grid.inputCount)"
    )
    let scale = statistics.perPosition
    let norms = statistics.inputSquareSum.map { ($0 * scale).squareRoot() }
    var scores = grid.spread(inputs: norms)
    for index in scores.indices { scores[index] *= weights[index].magnitude }
    return scores
  }
}
