import PruneFeatures

/// Scores runs of connections by the leaf of a tree that each falls into.
struct TreeChunkScorer: ChunkScorer {
  private let tree: SplitTree
  private let features: any FeatureSource
  private let positions: [Int]
  private let sparsity: Float
  private let numbers: [Int]
  private let leafScores: [Float]
  /// Per leaf, for trees with a θ in each.
  private let leaves: [BasisChunkScorer]

  init(
    _ tree: SplitTree, leafScores: [Double] = [], leaves: [BasisChunkScorer] = [],
    features: some FeatureSource, targetDensity: Double
  ) {
    self.tree = tree
    self.features = features
    self.leaves = leaves
    self.leafScores = leafScores.map { Float($0) }
    positions = features.positions(of: tree.featureNames)
    sparsity = Float(tree.targetSparsity.coordinate(density: targetDensity))
    numbers = tree.leafNumbers
  }

  func score(layer: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) {
    let count = range.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, positions.count * count)) {
      columns in
      features.fill(columns, features: positions, layer: layer, range: range)
      let found = (0..<count).map { index in
        numbers[tree.leaf(sparsity: sparsity) { columns[$0 &* count &+ index] }]
      }
      guard !leaves.isEmpty else {
        for index in 0..<count { target[index] = leafScores[found[index]] }
        return
      }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) { scratch in
        let own = UnsafeMutableBufferPointer(rebasing: scratch[0..<count])
        for leaf in Set(found) {
          leaves[leaf].score(layer: layer, range: range, into: own)
          for index in 0..<count where found[index] == leaf { target[index] = own[index] }
        }
      }
    }
  }
}
