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
  public let scope = RankingScope.global

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    let grid = WeightGrid(layer.layout)
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

/// Activity of an output unit, `S[o] = 1 − APoZ[o]`, APoZ the share of positions where its
/// activation is zero. Compare scores within one layer only.
///
/// Units without an activation function that makes zeros score 1.
///
/// - Source: Hu et al., *Network Trimming: A Data-Driven Neuron Pruning Approach towards Efficient
///   Deep Architectures*, 2016, [arXiv:1607.03250](https://arxiv.org/abs/1607.03250), equation 1.
public struct APoZCriterion: SaliencyCriterion {
  public let name = "apoz"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = .outputs
  public let scope = RankingScope.layerwise

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
  public let scope = RankingScope.layerwise

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
