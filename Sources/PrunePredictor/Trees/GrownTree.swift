import Foundation
import PruneCore
import PruneSupport

/// A grown tree that can be pruned back and converted to a predictor.
struct GrownTree {
  private var nodes: [TreeGrowth.GrownNode]
  private let bins: FeatureBins
  private let criterion: SplitCriterion

  init(_ nodes: [TreeGrowth.GrownNode], bins: FeatureBins, criterion: SplitCriterion) {
    self.nodes = nodes
    self.bins = bins
    self.criterion = criterion
  }

  /// The tree without the subtrees whose gain per unit of total weight is less than `complexity` per added leaf.
  func pruned(complexity: Double) -> GrownTree {
    var result = self
    guard let total = nodes.first?.weight, complexity > 0 else { return result }
    var leaves = nodes.map { _ in 1 }
    var worth = nodes.map { criterion.worth(sum: $0.sum, weight: $0.weight) }
    for index in nodes.indices.reversed() where nodes[index].left > 0 {
      let (left, right) = (nodes[index].left, nodes[index].right)
      let gain = worth[left] + worth[right] - worth[index]
      let leafCount = leaves[left] + leaves[right]
      if gain < complexity * total * Double(leafCount - 1) {
        result.nodes[index].left = 0
        result.nodes[index].right = 0
      } else {
        leaves[index] = leafCount
        worth[index] = worth[left] + worth[right]
      }
    }
    return result
  }

  /// Loss on rows: negative log-likelihood, or squared error, summed with the rows' weights.
  ///
  /// - Parameter rows: positions in the columns.
  func loss(
    columns: [[Float]], targets: [Float], weights: [Float], rows: [Range<Int>], smoothing: Double
  ) -> Double {
    ParallelChunks(rows, length: 1 << 16).map { range in
      var loss = 0.0
      for row in range {
        var position = 0
        while nodes[position].left > 0, let split = nodes[position].split {
          let isRight = columns[split.column][row] >= bins.thresholds[split.column][split.bin]
          position = isRight ? nodes[position].right : nodes[position].left
        }
        let target = Double(targets[row])
        let weight = weights.isEmpty ? 1 : Double(weights[row])
        switch criterion {
        case .likelihood:
          let rate = mean(of: nodes[position], smoothing: smoothing)
          loss -= weight * (target * log(rate) + (1 - target) * log(1 - rate))
        case .squaredError:
          let error = target - mean(of: nodes[position], smoothing: smoothing)
          loss += weight * error * error
        }
      }
      return loss
    }.reduce(0, +)
  }

  /// The tree as a predictor; leaf scores are log-odds under ``SplitCriterion/likelihood`` and means under
  /// ``SplitCriterion/squaredError``.
  func predictor(
    featureNames: [String], targetSparsity: TargetSparsity, smoothing: Double
  ) -> DecisionTreePredictor {
    var order = [0]
    var next = 0
    while next < order.count {
      let node = nodes[order[next]]
      if node.left > 0 { order += [node.left, node.right] }
      next += 1
    }
    let positions = Dictionary(
      order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let tree = SplitTree(
      featureNames: featureNames, targetSparsity: targetSparsity,
      nodes: order.map { index in
        guard nodes[index].left > 0, let split = nodes[index].split else { return .leaf }
        return SplitTree.Node(
          feature: split.column, threshold: bins.thresholds[split.column][split.bin],
          left: positions[nodes[index].left] ?? 0, right: positions[nodes[index].right] ?? 0)
      })
    let scores = order.filter { nodes[$0].left == 0 }.map { index in
      let mean = mean(of: nodes[index], smoothing: smoothing)
      return criterion == .likelihood ? log(mean / (1 - mean)) : mean
    }
    return DecisionTreePredictor(tree: tree, leafScores: scores)
  }

  /// Mean target of a leaf, smoothed by rows at the overall mean.
  private func mean(of node: TreeGrowth.GrownNode, smoothing: Double) -> Double {
    guard let root = nodes.first, root.weight > 0 else { return criterion == .likelihood ? 0.5 : 0 }
    let smoothing = max(smoothing, 1e-3)
    let overall = root.sum / root.weight
    let prior = criterion == .likelihood ? min(1 - 1e-6, max(1e-6, overall)) : overall
    return (node.sum + smoothing * prior) / (node.weight + smoothing)
  }
}
