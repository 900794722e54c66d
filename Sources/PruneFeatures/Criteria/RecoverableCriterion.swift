import Dispatch
import LAPACKNumerics
public import PruneCore
import Synchronization

/// Increase of the loss when a weight is pruned and the rest of its output unit compensates for it,
/// `S[o, i] = ½ w² E[δ²] / [(E[x xᵀ] + λ I)⁻¹]ᵢᵢ` over the unit's kept inputs, δ the gradient at the unit's output.
///
/// A weight whose input others can stand in for scores low, however large it is.
///
/// - Source: Hassibi & Stork, *Second Order Derivatives for Network Pruning: Optimal Brain Surgeon*, 1993, equation 5,
///   with the curvature of one layer as in Dong, Chen & Pan, 2017, [arXiv:1705.07565](https://arxiv.org/abs/1705.07565),
///   §3, and layers made comparable by the Kronecker factor of Martens & Grosse, 2015,
///   [arXiv:1503.05671](https://arxiv.org/abs/1503.05671), §3.
/// - Note: `E[δ²]` is read off the Fisher diagonal, `Σᵢ E[g²] / Σᵢ E[x²]` over the unit's kept inputs.
public struct RecoverableCriterion: SaliencyCriterion {
  public let name = "recoverable"
  public let granularity = Granularity.element
  /// Without ``LayerStatistics/inputGram`` weights count as independent, which is Optimal Brain Damage.
  public let requiredStatistics: StatisticKinds = [.gradientMoments, .inputs, .inputGram]
  public let scope = RankingScope.global

  /// There is nothing to set.
  public init() {}

  /// Scores one layer of which nothing is pruned.
  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    RecoverableScores(layer, statistics: statistics).scores(of: weights, kept: nil)
  }

  /// Scores every layer among the weights that are left; 0 where pruned.
  public func saliencies(of network: NetworkState, seed: UInt64) -> [[Float]] {
    network.layers.indices.map { index in
      RecoverableScores(network.layers[index], statistics: network.statistics[index])
        .scores(of: network.weights[index], kept: network.masks[index])
    }
  }
}

/// Scores of one layer's weights by ``RecoverableCriterion``.
private struct RecoverableScores {
  /// λ as a share of the mean squared input; chosen by hand.
  private static let ridge = 0.1

  private let layer: PrunableLayer
  private let statistics: LayerStatistics

  init(_ layer: PrunableLayer, statistics: LayerStatistics) {
    precondition(
      statistics.gradientSquareSum.count == layer.count,
      "'\(layer.name)' has \(statistics.gradientSquareSum.count) squared gradients for \(layer.count) weights"
    )
    self.layer = layer
    self.statistics = statistics
  }

  /// - Parameter weights: `[weights]` in stored order.
  /// - Returns: `[weights]`, ≥ 0; zero where pruned.
  func scores(of weights: [Float], kept: Mask?) -> [Float] {
    let layout = layer.layout
    let examples = Double(max(statistics.examples, 1))
    var scores = weights.indices.map { index in
      (kept?.kept[index] ?? true)
        ? weights[index] * weights[index] * statistics.gradientSquareSum[index]
          / Float(2 * examples)
        : 0
    }
    let groups = statistics.inputGram.count / max(layout.inputs * layout.inputs, 1)
    guard groups > 0, layout.outputs % groups == 0 else { return scores }
    var supports: [[Int]: Int] = [:]
    var systems: [(support: [Int], group: Int, outputs: [Int])] = []
    for output in 0..<layout.outputs {
      let support = (0..<layout.inputs).filter {
        kept?.kept[layout.index(output: output, input: $0)] ?? true
      }
      guard !support.isEmpty else { continue }
      let group = output / (layout.outputs / groups)
      let key = [group] + support
      if let known = supports[key] {
        systems[known].outputs.append(output)
      } else {
        supports[key] = systems.count
        systems.append((support, group, [output]))
      }
    }
    let found = Mutex([[Double]?](repeating: nil, count: systems.count))
    let work = systems
    DispatchQueue.concurrentPerform(iterations: work.count) { index in
      let diagonal = inverseDiagonal(of: work[index].support, group: work[index].group)
      found.withLock { $0[index] = diagonal }
    }
    for (system, diagonal) in zip(systems, found.withLock { $0 }) {
      guard let diagonal else { continue }
      for output in system.outputs {
        let curvature = curvature(of: output, system.support, system.group)
        for (position, input) in system.support.enumerated() where diagonal[position] > 0 {
          let index = layout.index(output: output, input: input)
          let weight = Double(weights[index])
          scores[index] = Float(weight * weight * curvature / (2 * diagonal[position]))
        }
      }
    }
    return scores
  }

  private func gram(_ group: Int, _ row: Int, _ column: Int) -> Double {
    let width = layer.layout.inputs
    return Double(statistics.inputGram[(group * width + row) * width + column])
      / Double(max(statistics.examples, 1))
  }

  /// Of `(E[x xᵀ] + λ I)⁻¹`, sums over positions taken per example.
  private func inverseDiagonal(of support: [Int], group: Int) -> [Double]? {
    let (size, width) = (support.count, layer.layout.inputs)
    let trace = (0..<width).reduce(0) { $0 + gram(group, $1, $1) }
    guard trace > 0, trace.isFinite else { return nil }
    var matrix = [Double](repeating: 0, count: size * size)
    for (row, left) in support.enumerated() {
      for (column, right) in support[...row].enumerated() {
        matrix[column * size + row] = gram(group, left, right)
      }
      matrix[row * size + row] += Self.ridge * trace / Double(width)
    }
    return CholeskySolver(matrix, size: size)?.inverseDiagonal()
  }

  /// `E[δ²]`.
  private func curvature(of output: Int, _ support: [Int], _ group: Int) -> Double {
    var (gradients, inputs) = (0.0, 0.0)
    for input in support {
      gradients += Double(
        statistics.gradientSquareSum[layer.layout.index(output: output, input: input)])
      inputs += gram(group, input, input)
    }
    let examples = Double(max(statistics.examples, 1))
    return inputs > 0 ? gradients / examples / inputs : 0
  }
}
