public import PruneFeatures

/// Decision tree with a constant score in every leaf.
public struct DecisionTreePredictor: TrainablePredictor, Hashable {
  /// Tree whose leaves hold the scores.
  public var tree: SplitTree
  /// Scores of the leaves, in the order of the tree's nodes.
  public var leafScores: [Double]
  public var calibration: ScoreCalibration

  /// - Precondition: one score per leaf.
  public init(
    tree: SplitTree, leafScores: [Double], calibration: ScoreCalibration = .identity
  ) {
    precondition(
      leafScores.count == tree.leafCount,
      "\(leafScores.count) scores for \(tree.leafCount) leaves")
    self.tree = tree
    self.leafScores = leafScores
    self.calibration = calibration
  }

  public var kind: PredictorKind { .tree }
  public var featureNames: [String] { tree.featureNames }

  public var parameters: [Double] {
    get { leafScores }
    set {
      self = DecisionTreePredictor(tree: tree, leafScores: newValue, calibration: calibration)
    }
  }

  public func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]] {
    scorer(for: table).scores(leafScores, targetDensity: targetDensity)
  }

  public func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)? {
    TreeChunkScorer(
      tree, leafScores: leafScores, features: features, targetDensity: targetDensity)
  }

  public func scorer(for table: FeatureTable) -> any ParameterScorer {
    TreeScorer(tree: tree, table: table)
  }

  public func explanation(
    of weight: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation {
    let sparsity = Float(tree.targetSparsity.coordinate(density: targetDensity))
    let columns = table.layers[layer].columns
    let leaf = tree.leaf(sparsity: sparsity) {
      columns[table.columnIndex(of: tree.featureNames[$0])][weight]
    }
    let score = leafScores[tree.leafNumbers[leaf]]
    return ScoreExplanation(
      score: score, importance: Double(calibration.probability(score: Float(score))),
      intercept: score, contributions: [],
      path: tree.path(
        of: weight, inLayer: layer, of: table, targetDensity: targetDensity))
  }
}

private struct TreeScorer: ParameterScorer {
  let tree: SplitTree
  let table: FeatureTable

  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]] {
    tree.leafNumbers(of: table, targetDensity: targetDensity).map { layer in
      layer.map { Float(parameters[$0]) }
    }
  }

  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double] {
    var result = [Double](repeating: 0, count: tree.leafCount)
    let leaves = tree.leafNumbers(of: table, targetDensity: targetDensity)
    for (numbers, gradients) in zip(leaves, scoreGradients) {
      for (number, gradient) in zip(numbers, gradients) { result[number] += Double(gradient) }
    }
    return result
  }
}

/// Scorer of runs of weights by the leaf of a tree that each falls into.
struct TreeChunkScorer: ChunkScorer {
  private let tree: SplitTree
  private let features: any FeatureSource
  private let positions: [Int]
  private let sparsity: Float
  private let numbers: [Int]
  private let leafScores: [Float]
  /// Scorer of each leaf, for trees with a θ in each; empty for constant leaves.
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
