import Foundation

/// Grows a binary tree leaf by leaf, always splitting where the logistic likelihood rises most.
///
/// - Source: Breiman et al., *Classification and Regression Trees*, 1984, chapters 2 and 4 (entropy splits); histogram
///   search after Ke et al., *LightGBM*, 2017.
struct TreeGrowth {
  /// A node while the tree grows.
  struct GrownNode {
    var rows: [Int32]
    var depth: Int
    var weight: Double
    var survivors: Double
    /// Rise of the log-likelihood by ``split``.
    var gain = 0.0
    var split: (column: Int, bin: Int)?
    var left = 0
    var right = 0

    /// Log-likelihood of the rows under the node's own rate.
    var logLikelihood: Double { TreeGrowth.logLikelihood(survivors, weight) }
  }

  let rows: LabelledRows
  let bins: FeatureBins
  let minimumLeafWeight: Double
  let maximumDepth: Int

  /// - Returns: nodes with the root first; children after their parents; `left == 0` marks a leaf.
  func grow(maximumLeaves: Int) -> [GrownNode] {
    var nodes = [prepared(Array(0..<Int32(rows.count)), depth: 0)]
    for _ in 1..<max(1, maximumLeaves) {
      let open = nodes.indices.filter { nodes[$0].left == 0 && nodes[$0].split != nil }
      guard let chosen = open.max(by: { (nodes[$0].gain, $1) < (nodes[$1].gain, $0) }),
        let split = nodes[chosen].split
      else { break }
      let column = bins.bins[split.column]
      let goesLeft = { (row: Int32) in Int(column[Int(row)]) <= split.bin }
      let depth = nodes[chosen].depth + 1
      nodes[chosen].left = nodes.count
      nodes.append(prepared(nodes[chosen].rows.filter(goesLeft), depth: depth))
      nodes[chosen].right = nodes.count
      nodes.append(prepared(nodes[chosen].rows.filter { !goesLeft($0) }, depth: depth))
      nodes[chosen].rows = []
    }
    return nodes
  }

  static func logLikelihood(_ survivors: Double, _ weight: Double) -> Double {
    guard survivors > 0, survivors < weight else { return 0 }
    let rate = survivors / weight
    return survivors * log(rate) + (weight - survivors) * log(1 - rate)
  }

  private func prepared(_ members: [Int32], depth: Int) -> GrownNode {
    var node = GrownNode(rows: members, depth: depth, weight: 0, survivors: 0)
    for row in members {
      let weight = weight(of: Int(row))
      node.weight += weight
      node.survivors += weight * Double(rows.labels[Int(row)])
    }
    guard depth < maximumDepth, node.survivors > 0, node.survivors < node.weight else {
      return node
    }
    let total = node
    let candidates = ParallelChunks(count: bins.bins.count, length: 1).map { range in
      bestSplit(of: total, column: range.lowerBound)
    }
    for (column, candidate) in candidates.enumerated() where candidate.gain > node.gain {
      node.gain = candidate.gain
      node.split = (column, candidate.bin)
    }
    return node
  }

  private func bestSplit(of node: GrownNode, column: Int) -> (gain: Double, bin: Int) {
    let binCount = bins.thresholds[column].count + 1
    var weights = [Double](repeating: 0, count: binCount)
    var survivors = weights
    let own = bins.bins[column]
    for row in node.rows {
      let weight = weight(of: Int(row))
      weights[Int(own[Int(row)])] += weight
      survivors[Int(own[Int(row)])] += weight * Double(rows.labels[Int(row)])
    }
    var best = (gain: 1e-9 * node.weight, bin: -1)
    var (leftWeight, leftSurvivors) = (0.0, 0.0)
    for bin in 0..<binCount - 1 {
      leftWeight += weights[bin]
      leftSurvivors += survivors[bin]
      let rightWeight = node.weight - leftWeight
      guard leftWeight >= minimumLeafWeight, rightWeight >= minimumLeafWeight else { continue }
      let gain =
        Self.logLikelihood(leftSurvivors, leftWeight)
        + Self.logLikelihood(node.survivors - leftSurvivors, rightWeight) - node.logLikelihood
      if gain > best.gain { best = (gain, bin) }
    }
    return best.bin < 0 ? (0, -1) : best
  }

  private func weight(of row: Int) -> Double {
    rows.weights.isEmpty ? 1 : Double(rows.weights[row])
  }
}
