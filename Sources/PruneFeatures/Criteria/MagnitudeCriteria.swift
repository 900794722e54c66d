public import PruneCore

/// Magnitude saliency, `S = |w|`, all layers ranked together.
///
/// - Source: Han et al., *Learning both Weights and Connections for Efficient Neural Networks*,
///   2015, [arXiv:1506.02626](https://arxiv.org/abs/1506.02626), §3; ranked globally as in Frankle
///   & Carbin, 2019, [arXiv:1803.03635](https://arxiv.org/abs/1803.03635), §4.
public struct MagnitudeCriterion: SaliencyCriterion {
  public let name = "magnitude"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let scope = RankingScope.global

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    weights.map(\.magnitude)
  }
}

/// Magnitude saliency, `S = |w|`, every layer brought to the same density.
///
/// - Source: Han et al., *Learning both Weights and Connections for Efficient Neural Networks*,
///   2015, [arXiv:1506.02626](https://arxiv.org/abs/1506.02626), §3; uniform over layers as in Zhu
///   & Gupta, 2017, [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
public struct LayerMagnitudeCriterion: SaliencyCriterion {
  public let name = "magnitude-layer"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let scope = RankingScope.layerwise

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    weights.map(\.magnitude)
  }
}

/// L1 norm of each output unit, `S[o] = Σᵢ |W[o, i]|`. Compare scores within one layer only.
///
/// - Source: Li et al., *Pruning Filters for Efficient ConvNets*, 2017,
///   [arXiv:1608.08710](https://arxiv.org/abs/1608.08710), §3.1.
public struct L1Criterion: SaliencyCriterion {
  public let name = "l1"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = []
  public let scope = RankingScope.layerwise

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    WeightGrid(layer.layout).outputSums(of: weights) { $0.magnitude }
  }
}

/// L2 norm of each output unit, `S[o] = √(Σᵢ W[o, i]²)`. Compare scores within one layer only.
///
/// - Source: He et al., *Soft Filter Pruning for Accelerating Deep Convolutional Neural Networks*,
///   2018, [arXiv:1808.06866](https://arxiv.org/abs/1808.06866), §3.2 with p = 2.
public struct L2Criterion: SaliencyCriterion {
  public let name = "l2"
  public let granularity = Granularity.channel
  public let requiredStatistics: StatisticKinds = []
  public let scope = RankingScope.layerwise

  /// There is nothing to set.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    WeightGrid(layer.layout).outputSums(of: weights) { $0 * $0 }.map { $0.squareRoot() }
  }
}

/// LAMP saliency, `S[u] = w[u]² / Σ_{v: |w[v]| ≥ |w[u]|} w[v]²` over the weights of one layer.
///
/// Pruned weights are zero and so outside the sum. Among equal weights the sum runs in the order
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
  public let scope = RankingScope.global

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

/// Sorting of weights by magnitude.
enum MagnitudeOrder {
  /// Indices by descending `|w|`, equal magnitudes by ascending index.
  ///
  /// Complement of the magnitude's bits and index are packed into one integer, so that plain
  /// integers are sorted.
  static func descending(_ weights: [Float]) -> [Int] {
    precondition(
      weights.count <= Int(UInt32.max), "\(weights.count) weights do not fit 32-bit indices")
    var keys = [UInt64]()
    keys.reserveCapacity(weights.count)
    for (index, weight) in weights.enumerated() {
      keys.append(UInt64(~weight.magnitude.bitPattern) << 32 | UInt64(index))
    }
    keys.sort()
    return keys.map { Int($0 & 0xFFFF_FFFF) }
  }
}
