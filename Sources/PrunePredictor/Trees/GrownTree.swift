import Foundation

/// A grown tree that can be pruned back and turned into a predictor.
struct GrownTree {
  private var nodes: [TreeGrowth.GrownNode]
  private let bins: FeatureBins

  init(_ nodes: [TreeGrowth.GrownNode], bins: FeatureBins) {
    self.nodes = nodes
    self.bins = bins
  }

  /// Cuts every subtree whose log-likelihood per unit of total weight is worth less than `complexity` per leaf.
  func pruned(complexity: Double) -> GrownTree {
    var result = self
    guard let total = nodes.first?.weight, complexity > 0 else { return result }
    var leaves = nodes.map { _ in 1 }
    var likelihood = nodes.map(\.logLikelihood)
    for index in nodes.indices.reversed() where nodes[index].left > 0 {
      let (left, right) = (nodes[index].left, nodes[index].right)
      let gain = likelihood[left] + likelihood[right] - likelihood[index]
      let leafCount = leaves[left] + leaves[right]
      if gain < complexity * total * Double(leafCount - 1) {
        result.nodes[index].left = 0
        result.nodes[index].right = 0
      } else {
        leaves[index] = leafCount
        likelihood[index] = likelihood[left] + likelihood[right]
      }
    }
    return result
  }

  /// Negative log-likelihood summed over weighted rows.
  func loss(on rows: LabelledRows, smoothing: Double) -> Double {
    var loss = 0.0
    for row in 0..<rows.count {
      var position = 0
      while nodes[position].left > 0, let split = nodes[position].split {
        let isRight = rows.columns[split.column][row] >= bins.thresholds[split.column][split.bin]
        position = isRight ? nodes[position].right : nodes[position].left
      }
      let rate = rate(of: nodes[position], smoothing: max(smoothing, 1e-3))
      let label = Double(rows.labels[row])
      let weight = rows.weights.isEmpty ? 1 : Double(rows.weights[row])
      loss -= weight * (label * log(rate) + (1 - label) * log(1 - rate))
    }
    return loss
  }

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
      let rate = rate(of: nodes[index], smoothing: max(smoothing, 1e-3))
      return log(rate / (1 - rate))
    }
    return DecisionTreePredictor(tree: tree, leafScores: scores)
  }

  private func rate(of node: TreeGrowth.GrownNode, smoothing: Double) -> Double {
    guard let root = nodes.first, root.weight > 0 else { return 0.5 }
    let overall = min(1 - 1e-6, max(1e-6, root.survivors / root.weight))
    return (node.survivors + smoothing * overall) / (node.weight + smoothing)
  }
}
