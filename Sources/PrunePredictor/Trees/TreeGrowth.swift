import Foundation

/// Grows a binary tree leaf by leaf, always splitting where the criterion rises most.
///
/// Of two siblings only the smaller is counted; the other's histogram is the parent's minus that.
///
/// - Source: Breiman et al., *Classification and Regression Trees*, 1984, chapters 2, 4 and 8; histogram search after
///   Ke et al., *LightGBM*, 2017.
struct TreeGrowth {
  /// A node while the tree grows.
  struct GrownNode {
    var rows: [Int32] = []
    var depth: Int
    /// `Σ w`.
    var weight = 0.0
    /// `Σ w · target`.
    var sum = 0.0
    /// Rise of the criterion by ``split``.
    var gain = 0.0
    /// Best split; values of bins up to `bin` belong to the left child.
    var split: (column: Int, bin: Int)?
    /// Position of the left child; 0 in a leaf.
    var left = 0
    var right = 0
    fileprivate var histogram: BinHistogram?
  }

  let bins: FeatureBins
  let criterion: SplitCriterion
  let minimumLeafWeight: Double
  let maximumDepth: Int
  private let pairs: [SIMD2<Float>]

  /// - Parameter weights: as many as targets, or none.
  init(
    targets: [Float], weights: [Float], bins: FeatureBins, criterion: SplitCriterion,
    minimumLeafWeight: Double, maximumDepth: Int
  ) {
    self.bins = bins
    self.criterion = criterion
    self.minimumLeafWeight = minimumLeafWeight
    self.maximumDepth = maximumDepth
    pairs = targets.indices.map { row in
      let weight = weights.isEmpty ? 1 : weights[row]
      return SIMD2(weight, weight * targets[row])
    }
  }

  /// Grows the tree to at most `maximumLeaves` leaves.
  ///
  /// - Returns: nodes with the root first; children after their parents; `left == 0` marks a leaf.
  func grow(maximumLeaves: Int) -> [GrownNode] {
    var root = GrownNode(rows: Array(0..<Int32(pairs.count)), depth: 0)
    root.histogram = BinHistogram(of: root.rows, bins: bins, pairs: pairs)
    var nodes = [prepared(root)]
    for _ in 1..<max(1, maximumLeaves) {
      let open = nodes.indices.filter { nodes[$0].left == 0 && nodes[$0].split != nil }
      guard let chosen = open.max(by: { (nodes[$0].gain, $1) < (nodes[$1].gain, $0) }),
        let split = nodes[chosen].split
      else { break }
      let (left, right) = children(of: nodes[chosen], split: split)
      nodes[chosen].left = nodes.count
      nodes.append(left)
      nodes[chosen].right = nodes.count
      nodes.append(right)
      nodes[chosen].rows = []
      nodes[chosen].histogram = nil
    }
    return nodes
  }

  private func children(
    of node: GrownNode, split: (column: Int, bin: Int)
  ) -> (left: GrownNode, right: GrownNode) {
    var left = GrownNode(depth: node.depth + 1)
    var right = GrownNode(depth: node.depth + 1)
    left.rows.reserveCapacity(node.rows.count)
    let column = bins.bins[split.column]
    for row in node.rows {
      if Int(column[Int(row)]) <= split.bin {
        left.rows.append(row)
      } else {
        right.rows.append(row)
      }
    }
    guard left.depth < maximumDepth else { return (weighed(left), weighed(right)) }
    if left.rows.count < right.rows.count {
      let histogram = BinHistogram(of: left.rows, bins: bins, pairs: pairs)
      left.histogram = histogram
      right.histogram = node.histogram?.subtracting(histogram)
    } else {
      let histogram = BinHistogram(of: right.rows, bins: bins, pairs: pairs)
      right.histogram = histogram
      left.histogram = node.histogram?.subtracting(histogram)
    }
    return (prepared(left), prepared(right))
  }

  private func weighed(_ node: GrownNode) -> GrownNode {
    var node = node
    for row in node.rows {
      node.weight += Double(pairs[Int(row)].x)
      node.sum += Double(pairs[Int(row)].y)
    }
    return node
  }

  /// The node with its sums and its best split.
  private func prepared(_ node: GrownNode) -> GrownNode {
    var node = weighed(node)
    guard let histogram = node.histogram, node.depth < maximumDepth,
      criterion.isMixed(sum: node.sum, weight: node.weight)
    else { return node }
    for (column, sums) in histogram.sums.enumerated() {
      let candidate = bestSplit(of: node, sums)
      if candidate.gain > node.gain {
        node.gain = candidate.gain
        node.split = (column, candidate.bin)
      }
    }
    return node
  }

  private func bestSplit(
    of node: GrownNode, _ sums: [SIMD2<Double>]
  ) -> (gain: Double, bin: Int) {
    let own = criterion.worth(sum: node.sum, weight: node.weight)
    var best = (gain: 1e-9 * node.weight, bin: -1)
    var left = SIMD2<Double>.zero
    for bin in 0..<max(0, sums.count - 1) {
      left += sums[bin]
      let rightWeight = node.weight - left.x
      guard left.x >= minimumLeafWeight, rightWeight >= minimumLeafWeight else { continue }
      let gain =
        criterion.worth(sum: left.y, weight: left.x)
        + criterion.worth(sum: node.sum - left.y, weight: rightWeight) - own
      if gain > best.gain { best = (gain, bin) }
    }
    return best.bin < 0 ? (0, -1) : best
  }
}

/// Criterion that a tree's splits maximise.
package enum SplitCriterion: Hashable, Sendable {
  /// Log-likelihood of labels in 0 … 1 under each leaf's own rate (entropy splits).
  case likelihood
  /// Minus the squared error of any targets around each leaf's own mean, up to a constant.
  case squaredError

  /// Value of the criterion for the rows of one leaf.
  ///
  /// - Parameters:
  ///   - sum: `Σ w y`.
  ///   - weight: `Σ w`.
  @inline(__always) func worth(sum: Double, weight: Double) -> Double {
    switch self {
    case .likelihood:
      guard sum > 0, sum < weight else { return 0 }
      let rate = sum / weight
      return sum * log(rate) + (weight - sum) * log(1 - rate)
    case .squaredError: return weight > 0 ? sum * sum / weight : 0
    }
  }

  /// `true` where a split of the rows can raise the criterion.
  func isMixed(sum: Double, weight: Double) -> Bool {
    switch self {
    case .likelihood: sum > 0 && sum < weight
    case .squaredError: weight > 0
    }
  }
}
